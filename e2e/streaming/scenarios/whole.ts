import { randomUUID } from 'node:crypto';
import Anthropic from '@anthropic-ai/sdk';
import { expect } from '@jest/globals';
import OpenAI from 'openai';
import { release, waitForJournal } from '../../../harness/suite/journal.ts';
import { newOperation } from '../../../harness/suite/operation.ts';
import { ownConnection } from '../../../harness/suite/own-connection.ts';
import { finishesOf, textOf } from '../../../harness/suite/streaming/heard.ts';
import type { Start } from '../ways.ts';
import { askWhole, begin, type Run, words } from './ask.ts';

/** Characters of two, three and four bytes, one of several code points, and one that is written in two ways. */
const manyBytes = 'Grüße, 東京 und 한국어: 😀 👩‍👩‍👧‍👦 🏳️‍🌈 é é नमस्ते ﷽ 𝔘𝔫𝔦 €';
/** Python's `str.splitlines` ends a line at each of them; server-sent events and JSON at none. */
const lineSeparators = ['\u000b', '\u000c', '\u001c', '\u001d', '\u001e', '\u0085', '\u2028', '\u2029'];

export const order: Run = async (start) => {
  const { parts, entry } = await askWhole(start, { tokens: 400 });
  expect(textOf(parts)).toBe(words(400));
  expect(entry.answerText).toBe(words(400));
};

export const terminal: Run = async (start) => {
  const { parts } = await askWhole(start, { tokens: 5 });
  expect(finishesOf(parts)).toEqual(['stop']);
  expect(parts.filter(({ kind }) => kind === 'end')).toHaveLength(1);
  expect(parts.at(-1)?.kind).toBe('end');
  const lastText = parts.findLastIndex(({ kind }) => kind === 'text');
  expect(lastText).toBeLessThan(parts.findIndex(({ kind }) => kind === 'finish'));
};

export const usage: Run = async (start) => {
  const { parts, entry } = await askWhole(start, { tokens: 7 });
  const told = parts.filter((part) => part.kind === 'usage');
  expect(told).toHaveLength(1);
  expect(told[0]?.output).toBe(entry.usage.completionTokens);
  const prompt = parts.flatMap((part) => (part.kind === 'prompt' ? [part.input] : []));
  expect([told[0]?.input, ...prompt]).toContain(entry.usage.promptTokens);
};

/** Three bytes at a time meet every place of a character of four. */
export const bytes: Run = async (start) => {
  const { parts } = await askWhole(start, { say: manyBytes, pieces: 3 });
  expect(textOf(parts)).toBe(manyBytes);
};

export const packed: Run = async (start) => {
  const { parts } = await askWhole(start, { tokens: 120, pieces: 1_499 });
  expect(textOf(parts)).toBe(words(120));
};

export const separators: Run = async (start) => {
  const text = lineSeparators.map((separator, index) => `a${index}${separator}b${index}`).join(' ');
  const { parts } = await askWhole(start, { say: text });
  expect(textOf(parts)).toBe(text);
};

export const incremental: Run = async (start) => {
  const { id, listening } = begin(start, { tokens: 20, hold: 11 });
  await listening.untilText('w1');
  await release(id);
  expect(textOf((await listening.whole).parts)).toBe(words(20));
  // Nobody let it go on before: had the client not been given the first words, it would still wait.
  expect((await waitForJournal(id, 'completed', 10_000)).framesSent).toBeGreaterThan(20);
};

export const length: Run = async (start) => {
  const { parts } = await askWhole(start, { tokens: 4, finish: 'length' });
  expect(finishesOf(parts)).toEqual(['length']);
  expect(textOf(parts)).toBe(words(4));
};

export const parallel: Run = async (start) => {
  const secrets = Array.from({ length: 12 }, () => Array.from({ length: 6 }, randomUUID).join(' '));
  const streams = await Promise.all(secrets.map((say) => askWhole(start, { say })));
  expect(streams.map(({ parts }) => textOf(parts))).toEqual(secrets);
};

export const officialClient: Run = async (start) => {
  const { mark } = newOperation({ tokens: 30 });
  expect(await officialAnswer(start, `Hi ${mark}`)).toBe(words(30));
};

/** What the unchanged client of the API makes of the stream, by its own helper. */
export async function officialAnswer(start: Start, content: string): Promise<string> {
  const { wire, baseUrl, key: apiKey, model } = start;
  const options = { apiKey, maxRetries: 0, timeout: 30_000, defaultHeaders: ownConnection };
  const messages = [{ role: 'user' as const, content }];
  if (wire === 'messages') {
    const client = new Anthropic({ ...options, baseURL: baseUrl.replace(/\/v1$/, '') });
    return await client.messages.stream({ model, messages, max_tokens: 4_000 }).finalText();
  }
  const client = new OpenAI({ ...options, baseURL: baseUrl });
  if (wire === 'responses')
    return (await client.responses.stream({ model, input: content }).finalResponse()).output_text;
  return (await client.chat.completions.stream({ model, messages }).finalContent()) ?? '';
}
