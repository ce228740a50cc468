import { beforeAll, expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import { chunksOf, postForStream, type SeenStream, textOf } from '../../harness/suite/event-stream.ts';
import { release, waitForJournal } from '../../harness/suite/journal.ts';
import { unlessKnown } from '../../harness/suite/known-failure.ts';
import { type Directives, newOperation } from '../../harness/suite/operation.ts';
import { service } from '../../harness/suite/stack.ts';
import { authorization, litellm, model } from './litellm-client.ts';

let client: OpenAI;

beforeAll(() => {
  client = litellm();
});

const words = (count: number) => Array.from({ length: count }, (_, index) => `w${index + 1}`).join(' ');

// covers 000/live-litellm
// covers 000/upstream-streaming
test('a stream reaches the client piece by piece while the provider still writes it', async () => {
  // The model says the eleventh word only when the client has read the first.
  const { id, mark } = newOperation({ tokens: 20, hold: 11 });
  const stream = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: `Count ${mark}` }],
    stream: true,
  });
  const pieces: string[] = [];
  let finish: string | null | undefined;
  for await (const { choices } of stream) {
    const text = choices[0]?.delta.content;
    if (text && pieces.push(text) === 1) await release(id);
    finish = choices[0]?.finish_reason ?? finish;
  }
  expect(pieces.join('')).toBe(words(20));
  expect(finish).toBe('stop');
  expect(pieces.length).toBeGreaterThan(1);
});

// covers 000/upstream-streaming
test('a stream is server-sent events of chunks with one id, one finish and one [DONE] at its end', async () => {
  const { mark } = newOperation({ tokens: 5 });
  const stream = await postForStream({
    url: `${service('litellm').url}/v1/chat/completions`,
    headers: authorization(),
    body: { model, messages: [{ role: 'user', content: `Count ${mark}` }], stream: true },
  });
  expect(stream.status).toBe(200);
  expect(stream.contentType).toMatch(/^text\/event-stream/);
  expect(stream.endedCleanly).toBe(true);
  expect(stream.data.indexOf('[DONE]')).toBe(stream.data.length - 1);
  const chunks = chunksOf(stream);
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  expect(chunks.every(({ object }) => object === 'chat.completion.chunk')).toBe(true);
  expect(textOf(stream)).toBe(words(5));
  const finishes = chunks.flatMap(
    ({ choices }) => choices?.flatMap((choice) => choice.finish_reason ?? []) ?? [],
  );
  expect(finishes).toEqual(['stop']);
});

// covers 000/upstream-streaming
test('a client that leaves a stream ends it at the provider', async () => {
  const { id, mark } = newOperation({ tokens: 5, stall: 3 });
  const stream = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: `Count ${mark}` }],
    stream: true,
  });
  for await (const { choices } of stream) if (choices[0]?.delta.content) break;
  stream.controller.abort();
  const entry = await waitForJournal(id, 'hungup', 10_000);
  expect(entry.hungUpAt).toBeGreaterThan(entry.arrivedAt);
  expect(entry.completedAt).toBeUndefined();
});

async function brokenStream(fault: Directives): Promise<SeenStream> {
  const { id, mark } = newOperation({ tokens: 10, ...fault });
  const stream = await postForStream({
    url: `${service('litellm').url}/v1/chat/completions`,
    headers: authorization(),
    body: { model, messages: [{ role: 'user', content: `Count ${mark}` }], stream: true },
  });
  await waitForJournal(id, 'fault');
  return stream;
}

// covers 000/upstream-streaming
test('a stream that breaks off at the provider is an error to the client', async () => {
  const stream = await brokenStream({ cut: 4 });
  const chunks = chunksOf(stream);
  const failed = stream.status >= 500 || chunks.some(({ error }) => error) || !stream.endedCleanly;
  expect(failed).toBe(true);
  expect(chunks.some(({ choices }) => choices?.[0]?.finish_reason === 'stop')).toBe(false);
});

// It completes one that the provider ended early: the client can't tell it from a whole answer.
test('a stream that the provider ends without a finish is not shown as complete', async () => {
  const stream = await brokenStream({ end: 4 });
  const known = { bug: 'litellm-clean-end', service: 'litellm', version: '1.106.2', says: /Expected: false/ };
  await unlessKnown(known, async () => {
    const chunks = chunksOf(stream);
    expect(chunks.some(({ choices }) => choices?.[0]?.finish_reason === 'stop')).toBe(false);
  });
});
