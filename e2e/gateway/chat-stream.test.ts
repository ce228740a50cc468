import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { cliModel, complete, says, streamed } from '../../harness/suite/chat.ts';
import { chunksOf, doneCount, textOf } from '../../harness/suite/event-stream.ts';
import { heldStream } from '../../harness/suite/held-stream.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';
import { firstTokenMs, largestGapMs } from '../../harness/suite/timing.ts';

beforeEach(() => needs('chat'));

// Times are measured on a warm stack: a proxy's worker loads half of itself with its first request.
beforeAll(async () => {
  const hello = () => complete('gateway', { model: cliModel, messages: says('Hi') });
  await Promise.all(Array.from({ length: 8 }, hello)).catch(() => undefined);
});

// covers 101/TestChatCompletionsStreaming.test_streaming_simple_query
test('streams an answer as server-sent events that end with [DONE]', async () => {
  const stream = await streamed('gateway', { model: cliModel, messages: says('Count from 1 to 5') });
  expect(stream.status).toBe(200);
  expect(stream.contentType).toContain('text/event-stream');
  expect(stream.data.at(-1)).toBe('[DONE]');
  expect(textOf(stream)).toMatch(/1.*2.*3.*4.*5/s);
});

// covers 101/TestChatCompletionsStreaming.test_streaming_time_to_first_token
test('the first token of a greeting comes within 5 s', async () => {
  const stream = await streamed('gateway', { model: cliModel, messages: says('Hi') });
  expect(firstTokenMs(stream)).toBeLessThan(5_000);
});

// covers 101/TestChatCompletionsStreaming.test_streaming_no_large_gaps
test('a story comes without a gap of 5 s', async () => {
  const stream = await streamed('gateway', { model: cliModel, messages: says('Tell me a short story') });
  expect(textOf(stream).length).toBeGreaterThan(50);
  expect(largestGapMs(stream)).toBeLessThan(5_000);
});

test('a model that thinks for 7 s leaves no gap of 5 s', async () => {
  await needsScriptedProvider('gateway');
  const { mark } = newOperation({ ttft: 7_000, say: 'at last' });
  const stream = await streamed('gateway', { model: cliModel, messages: says(`Hi ${mark}`) });
  expect(textOf(stream)).toBe('at last');
  expect(firstTokenMs(stream)).toBeGreaterThan(6_000);
  expect(largestGapMs(stream)).toBeLessThan(5_000);
  convention('gateway', 'a silence of the model is filled with comments', () =>
    expect(stream.comments.length).toBeGreaterThan(0),
  );
});

test('tokens are passed on as they come, not collected', async () => {
  await needsScriptedProvider('gateway');
  // The model says the sixth word only when the client has read the fifth.
  const { stream, textBefore } = await heldStream(cliModel, { tokens: 10, hold: 6 }, 'w5');
  expect(textBefore.trim()).toBe('w1 w2 w3 w4 w5');
  expect(textOf(stream).trim()).toBe(`${textBefore.trim()} w6 w7 w8 w9 w10`);
});

test('every chunk is a chunk of the same completion', async () => {
  const stream = await streamed('gateway', { model: cliModel, messages: says('Count to 3') });
  const chunks = chunksOf(stream);
  expect(new Set(chunks.map(({ object }) => object))).toEqual(new Set(['chat.completion.chunk']));
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  expect(chunks[0]?.id).toMatch(/./);
});

test('the role comes first, the finish reason last and once', async () => {
  const stream = await streamed('gateway', { model: cliModel, messages: says('Count to 3') });
  const choices = chunksOf(stream).flatMap((chunk) => chunk.choices ?? []);
  expect(choices[0]?.delta?.role).toBe('assistant');
  const reasons = choices.map(({ finish_reason: reason }) => reason ?? undefined);
  expect(reasons.filter((reason) => reason !== undefined)).toEqual(['stop']);
  expect(reasons.at(-1)).toBe('stop');
});

test('says [DONE] once, and nothing after it', async () => {
  const stream = await streamed('gateway', { model: cliModel, messages: says('Count to 3') });
  expect(doneCount(stream)).toBe(1);
  expect(stream.data.at(-1)).toBe('[DONE]');
  expect(stream.endedCleanly).toBe(true);
});

test('counts tokens in a last chunk when asked to, and in no other', async () => {
  const body = { model: cliModel, messages: says('Count to 3'), stream_options: { include_usage: true } };
  const chunks = chunksOf(await streamed('gateway', body)) as readonly { usage?: object | null }[];
  const counted = chunks.filter(({ usage }) => usage);
  expect(counted).toHaveLength(1);
  expect(counted[0]).toBe(chunks.at(-1));
  expect(counted[0]?.usage).toMatchObject({ completion_tokens: expect.any(Number) });
});

test('1 500 tokens arrive whole and in order', async () => {
  await needsScriptedProvider('gateway');
  const { mark } = newOperation({ tokens: 1_500 });
  const stream = await streamed('gateway', { model: cliModel, messages: says(`Hi ${mark}`) });
  const words = textOf(stream).trim().split(/\s+/);
  expect(words).toHaveLength(1_500);
  expect(words.every((word, index) => word === `w${index + 1}`)).toBe(true);
  expect(stream.data.at(-1)).toBe('[DONE]');
});
