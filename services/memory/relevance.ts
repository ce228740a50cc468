import { findDirectives } from '../kit/operation-id.ts';
import { jsonArrayIn } from './llm.ts';

export interface CaptionedMemory {
  readonly id: string;
  readonly caption: string;
}

const instructions = `Below are memories about a user, one per line as "id: caption", and the user's new prompt.
Choose the memories that help to answer the prompt, most helpful first.
Answer with a JSON array of their ids and nothing else. Answer [] when none helps.`;

/** The user message that asks a model which memories matter for a prompt. */
export function relevancePrompt(prompt: string, memories: readonly CaptionedMemory[]): string {
  const lines = memories.map(({ id, caption }) => `${id}: ${caption.replace(/\s+/g, ' ')}`);
  const parts = [
    instructions,
    `<memories>\n${lines.join('\n')}\n</memories>`,
    `<prompt>\n${prompt}\n</prompt>`,
  ];
  return [...parts, ...findDirectives(prompt)].join('\n\n');
}

/** The memories a model chose, in its order; ids it made up are dropped. Undefined when it gave no array. */
export function parseChoice<T extends CaptionedMemory>(
  answer: string,
  memories: readonly T[],
): readonly T[] | undefined {
  const ids = jsonArrayIn(answer);
  if (ids === undefined) return undefined;
  const byId = new Map(memories.map((memory) => [memory.id, memory]));
  return [...new Set(ids)].flatMap((id) => (typeof id === 'string' ? (byId.get(id) ?? []) : []));
}

/** Choice by rule, for when no model answers: captions that share a word with the prompt, most shared words first. */
export function chooseByOverlap<T extends CaptionedMemory>(
  prompt: string,
  memories: readonly T[],
): readonly T[] {
  const wanted = new Set(words(prompt));
  return memories
    .map((memory) => ({
      memory,
      shared: new Set(words(memory.caption).filter((word) => wanted.has(word))).size,
    }))
    .filter(({ shared }) => shared > 0)
    .sort((a, b) => b.shared - a.shared)
    .map(({ memory }) => memory);
}

// Short words are mostly grammar: two texts share "is" or "my" without sharing a subject.
function words(text: string): readonly string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => word.length >= 4);
}
