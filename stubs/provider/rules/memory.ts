import type { Rule } from '../answer.ts';
import { conversationIn } from '../call.ts';
import { textOf } from '../chat-request.ts';
import { withoutDirectives } from '../directives.ts';

const FACT = /\b(my favou?rite|my name is|i live|i am|i'm|remember)\b/i;

/** The memory service's two questions: what is worth keeping, and which kept facts matter now. */
export const memory: readonly Rule[] = [
  {
    name: 'memory extraction',
    reply: ({ kind, userText }) => {
      const conversation = kind === 'memory' ? conversationIn(userText) : undefined;
      if (conversation === undefined) return undefined;
      const facts = conversation
        .filter((message) => message.role === 'user')
        .flatMap((message) => sentencesOf(withoutDirectives(textOf(message))))
        .filter((sentence) => FACT.test(sentence) && !sentence.endsWith('?'));
      return JSON.stringify(
        facts.map((fact) => ({ caption: fact.slice(0, 100), full_text: fact.slice(0, 500) })),
      );
    },
  },
  {
    name: 'memory relevance',
    reply: ({ kind, userText }) => {
      if (kind !== 'memory') return undefined;
      const prompt = wordsOf(blockOf(userText, 'prompt'));
      const lines = [...blockOf(userText, 'memories').matchAll(/^\W*([\w-]+)\W*: (.*)$/gm)];
      const relevant = lines.filter(([, , caption = '']) =>
        [...wordsOf(caption)].some((word) => prompt.has(word)),
      );
      return JSON.stringify(relevant.map(([, id]) => id));
    },
  },
];

function blockOf(text: string, tag: string): string {
  const from = text.lastIndexOf(`<${tag}>`);
  const to = text.lastIndexOf(`</${tag}>`);
  return from < 0 ? '' : withoutDirectives(text.slice(from + tag.length + 2, to < from ? undefined : to));
}

function sentencesOf(text: string): readonly string[] {
  return text
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/** Words of four letters and more, in lower case. */
function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/\p{L}{4,}/gu) ?? []);
}
