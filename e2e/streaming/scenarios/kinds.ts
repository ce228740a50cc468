import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { grammarFindings } from '../../../harness/suite/streaming/grammar.ts';
import { callsOf, finishesOf, textOf } from '../../../harness/suite/streaming/heard.ts';
import { askWhole, type Run } from './ask.ts';

export const tools: Run = async (start) => {
  const offered = ['look_up', 'put_down'];
  const words = `größe 東京 😀 "quoted" \\ ${randomUUID()}`;
  const { parts, entry } = await askWhole(
    start,
    { tool: offered.join(','), pieces: 5 },
    { text: words, tools: offered },
  );
  expect(entry.tools).toEqual(offered);
  const calls = callsOf(parts);
  expect(calls.map(({ name }) => name)).toEqual(offered);
  expect(calls.map(({ args }) => JSON.parse(args))).toEqual([{ words }, { words }]);
  expect(finishesOf(parts)).toEqual(['tool_calls']);
};

const thinking =
  (field: 'reasoning_content' | 'reasoning'): Run =>
  async (start) => {
    const { parts } = await askWhole(
      start,
      { think: 'first this, then that', think_as: field, say: 'the answer' },
      { thinks: true },
    );
    expect(textOf(parts, 'reasoning')).toBe('first this, then that');
    expect(textOf(parts)).toBe('the answer');
    const lastThought = parts.findLastIndex(({ kind }) => kind === 'reasoning');
    expect(lastThought).toBeLessThan(parts.findIndex(({ kind }) => kind === 'text'));
  };

export const reasoning = thinking('reasoning_content');
export const reasoningField = thinking('reasoning');

/** The Messages API has no events for a refusal: its words are text, and its stop reason says what it is. */
export const refusal: Run = async (start) => {
  const { parts } = await askWhole(start, { refuse: 'I cannot do that.' });
  if (start.wire === 'messages') {
    expect(textOf(parts)).toBe('I cannot do that.');
    expect(finishesOf(parts)).toEqual(['refusal']);
    return;
  }
  expect(textOf(parts, 'refusal')).toBe('I cannot do that.');
  expect(textOf(parts)).toBe('');
};

/** Of a path on which nothing but text passes. */
export const grammarOfText: Run = async (start) => {
  const { frames } = await askWhole(start, { tokens: 5 });
  expect(grammarFindings(start.wire, frames)).toEqual([]);
};

export const grammar: Run = async (start) => {
  const [text, calls] = await Promise.all([
    askWhole(start, { think: 'first this', say: 'the answer' }, { thinks: true }),
    askWhole(start, { tool: 'look_up' }, { text: 'look it up', tools: ['look_up'] }),
  ]);
  expect(grammarFindings(start.wire, text.frames)).toEqual([]);
  expect(grammarFindings(start.wire, calls.frames)).toEqual([]);
};
