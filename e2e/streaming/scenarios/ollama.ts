import { expect } from '@jest/globals';
import { grammarFindings } from '../../../harness/suite/streaming/grammar.ts';
import { answerOf, finishesOf, listen, textOf } from '../../../harness/suite/streaming/heard.ts';
import { askedOf, type Question, type Start } from '../ways.ts';
import type { Run } from './ask.ts';
import { officialAnswer } from './whole.ts';

/** What the tiny model says to any prompt, see stubs/ollama-model. */
const sentence = 'The quick brown fox jumps over the lazy dog and then it sleeps under a tree .';
const prompt = 'Tell me a story';

async function told(start: Start, more: Partial<Question> = {}) {
  const heard = await listen(askedOf(start, { text: prompt, ...more })).whole;
  expect(answerOf(heard)).toEqual({ status: 200 });
  expect(heard.endedCleanly).toBe(true);
  return heard;
}

/** The scenarios that need no provider that does as it is told. */
export const order: Run = async (start) => {
  const { parts } = await told(start);
  expect(textOf(parts).trim()).toBe(sentence);
  expect(parts.filter(({ kind }) => kind === 'text').length).toBeGreaterThan(1);
};

export const terminal: Run = async (start) => {
  const { parts } = await told(start);
  expect(finishesOf(parts)).toEqual(['stop']);
  expect(parts.filter(({ kind }) => kind === 'end')).toHaveLength(1);
  expect(parts.at(-1)?.kind).toBe('end');
};

export const usage: Run = async (start) => {
  const told3 = (await told(start, { maxTokens: 3 })).parts.filter((part) => part.kind === 'usage');
  expect(told3).toMatchObject([{ output: 3 }]);
  expect(told3[0]?.input).toBeGreaterThan(0);
};

export const grammar: Run = async (start) => {
  expect(grammarFindings(start.wire, (await told(start)).frames)).toEqual([]);
};

export const length: Run = async (start) => {
  const { parts } = await told(start, { maxTokens: 4 });
  expect(textOf(parts).trim()).toBe('The quick brown fox');
  expect(finishesOf(parts)).toEqual(['length']);
};

export const parallel: Run = async (start) => {
  const streams = await Promise.all(Array.from({ length: 12 }, () => told(start)));
  expect(new Set(streams.map(({ parts }) => textOf(parts).trim()))).toEqual(new Set([sentence]));
};

export const officialClient: Run = async (start) => {
  expect((await officialAnswer(start, prompt)).trim()).toBe(sentence);
};
