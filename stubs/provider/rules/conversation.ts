import type { Rule } from '../answer.ts';
import type { Call } from '../call.ts';
import { textOf } from '../chat-request.ts';
import { expressionIn } from './tool-arguments.ts';

/** Small talk, facts and arithmetic; what is asked decides, in this order. */
export const conversation: readonly Rule[] = [
  {
    name: 'image',
    reply: ({ request, prompt }) => {
      const types = request.messages.flatMap(({ content }) =>
        Array.isArray(content) ? content.flatMap((part) => mediaTypeOf(part.image_url?.url)) : [],
      );
      if (types.length === 0) return undefined;
      const count = types.length === 1 ? 'an image' : `${types.length} images`;
      return `I see ${count} of type ${types.join(', ')}${prompt === '' ? '' : ' beside your question'}.`;
    },
  },
  {
    name: 'pirate',
    reply: (call) =>
      /\bpirate\b/i.test(systemTextOf(call))
        ? 'Ahoy, matey! What brings ye aboard this fine day? Arrr!'
        : undefined,
  },
  { name: 'echo', reply: ({ prompt }) => /\bsay ['"](.+?)['"] and nothing else/i.exec(prompt)?.[1] },
  {
    name: 'one word',
    reply: ({ prompt }) => (/hello in (exactly )?one word/i.test(prompt) ? 'Hello' : undefined),
  },
  {
    name: 'recalled name',
    reply: (call) => {
      if (!/\bwhat('s| is) my name\b/i.test(call.prompt)) return undefined;
      const name = lastMatch(call, /\b(?:my name is|call me)\s+(\p{L}[\p{L}'-]*)/giu);
      return name ? `Your name is ${name}.` : "I don't know your name yet. What is it?";
    },
  },
  {
    name: 'recalled favourite',
    reply: (call) => {
      const thing = /\bwhat(?:'s| is) my (favou?rite [\p{L} ]+?)\s*\?/iu.exec(call.prompt)?.[1];
      if (thing === undefined) return undefined;
      const value = lastMatch(
        call,
        new RegExp(`\\bmy ${thing} is ([\\p{L}\\p{N}][\\p{L}\\p{N} '-]*)`, 'giu'),
      );
      return value ? `Your ${thing} is ${value.trim()}.` : `I don't know your ${thing} yet.`;
    },
  },
  {
    name: 'introduction',
    reply: ({ prompt }) => {
      const name = /\bmy name is\s+(\p{L}[\p{L}'-]*)/iu.exec(prompt)?.[1];
      return name && `Nice to meet you, ${name}!`;
    },
  },
  {
    name: 'capital',
    reply: ({ prompt }) =>
      /\bcapital of france\b/i.test(prompt) ? 'The capital of France is Paris.' : undefined,
  },
  {
    name: 'arithmetic',
    reply: ({ prompt }) => {
      const sum = expressionIn(prompt);
      const result = sum === undefined ? undefined : calculate(sum);
      return result === undefined ? undefined : `${sum} equals ${result}.`;
    },
  },
  {
    name: 'counting',
    reply: ({ prompt }) => {
      const [, from = '1', to] = /\bcount (?:from (-?\d+) )?to (-?\d+)/i.exec(prompt) ?? [];
      const length = Number(to) - Number(from) + 1;
      if (!(length >= 1 && length <= 10_000)) return undefined;
      return Array.from({ length }, (_, i) => Number(from) + i).join(', ');
    },
  },
  {
    name: 'date',
    reply: ({ prompt }) =>
      /\btoday'?s date\b|\bwhat (date|day) is (it|today)\b/i.test(prompt)
        ? `Today is ${new Date().toISOString().slice(0, 10)} (UTC).`
        : undefined,
  },
  {
    name: 'poem',
    reply: ({ prompt }) =>
      /\bpoem\b/i.test(prompt)
        ? 'The morning paints the harbour gold,\nThe gulls repeat what they were told,\nA lantern swings, the ropes are wet,\nThe tide has not decided yet.'
        : undefined,
  },
  {
    name: 'story',
    reply: ({ prompt }) =>
      /\bstory\b/i.test(prompt)
        ? 'A lighthouse keeper counted ships every evening. One night the fog was so thick that she counted none. She lit a second lamp and rang the bell until dawn. When the fog lifted, eleven boats lay safe behind the pier. Their crews had followed the sound. From then on she counted the evenings instead.'
        : undefined,
  },
  {
    name: 'greeting',
    reply: ({ prompt }) =>
      /^\s*(hi|hello|hey|good (morning|evening|day))\b[\s\S]{0,20}$/i.test(prompt)
        ? 'Hello! How can I help you today?'
        : undefined,
  },
];

/** The answer when nothing else fits. It repeats nothing of the request. */
export const otherwise =
  'Thank you for your message. I am a scripted model, so this is all I can say about it.';

function mediaTypeOf(url: string | undefined): readonly string[] {
  if (url === undefined) return [];
  return [/^data:([\w.+-]+\/[\w.+-]+)[;,]/.exec(url)?.[1] ?? 'unknown (linked)'];
}

function systemTextOf({ request }: Call): string {
  return request.messages
    .filter(({ role }) => role === 'system' || role === 'developer')
    .map(textOf)
    .join('\n');
}

/** First group of the last match in anything said so far; recalled memories are part of it. */
function lastMatch({ request }: Call, pattern: RegExp): string | undefined {
  const said = request.messages.filter(({ role }) => role !== 'assistant').map(textOf);
  return [...said.join('\n').matchAll(pattern)].at(-1)?.[1];
}

/** Value of `a op b`; longer expressions are left alone. */
function calculate(sum: string): number | undefined {
  const [, left, operator, right] = /^(-?[\d.]+)\s*([-+*/])\s*(-?[\d.]+)$/.exec(sum) ?? [];
  const [a, b] = [Number(left), Number(right)];
  if (operator === '+') return a + b;
  if (operator === '-') return a - b;
  if (operator === '*') return a * b;
  return operator === '/' && b !== 0 ? a / b : undefined;
}
