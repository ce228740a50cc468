/** @uses redis */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import { journalOf } from '../../harness/suite/journal.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';
import { probed } from './hook-calls.ts';
import { ask, askForStream, firstTwoWorkers, refusalOf } from './litellm-client.ts';

const kept = { cache: { 'use-cache': true } };
const cacheKey = 'x-litellm-cache-key';

let scope: ScopeClient;
let first: OpenAI;
let second: OpenAI;

beforeAll(() => {
  scope = stackScope(probed);
  [first, second] = firstTwoWorkers(scope, probed);
});
afterAll(() => scope?.close());

/** Asks a worker until it has the answer from the cache: it is put there after it has gone out. */
const fromCache = (client: OpenAI, text: string) =>
  until('the answer is in the cache', async () => {
    const answer = await ask(client, { text, more: kept });
    return answer.headers.get(cacheKey) !== null && answer;
  });

// covers 000/persistence-across-processes
// covers 000/non-in-memory-deployment
test('an answer that one worker kept is given by the other, without the provider', async () => {
  const { id, mark } = newOperation({ say: 'kept for both' });
  const text = `Keep this ${mark}`;
  const asked = await ask(first, { text, more: kept });
  expect(asked.headers.get(cacheKey)).toBeNull();
  const there = await fromCache(first, text);
  expect(there.pid).toBe(asked.pid);
  const before = (await journalOf(id)).length;
  const other = await ask(second, { text, more: kept });
  expect(other.pid).not.toBe(asked.pid);
  expect([other.text, other.headers.get(cacheKey)]).toEqual(['kept for both', there.headers.get(cacheKey)]);
  expect(await journalOf(id)).toHaveLength(before);
});

// covers 000/upstream-streaming
test('a stream that one worker kept is streamed whole by the other, without the provider', async () => {
  const { id, mark } = newOperation({ say: 'kept and then streamed' });
  const text = `Keep this ${mark}`;
  await askForStream(first, text, kept);
  await until('the other worker streams it without the provider', async () => {
    const before = (await journalOf(id)).length;
    expect(await askForStream(second, text, kept)).toEqual({
      text: 'kept and then streamed',
      finish: 'stop',
    });
    return (await journalOf(id)).length === before;
  });
});

test('what was not asked to be kept is asked of the provider each time, on either worker', async () => {
  const { id, mark } = newOperation({ say: 'fresh' });
  const text = `Do not keep this ${mark}`;
  await ask(first, { text });
  const again = await ask(second, { text });
  const asked = await ask(second, { text, more: kept });
  expect([again, asked].map(({ headers }) => headers.get(cacheKey))).toEqual([null, null]);
  expect(await journalOf(id)).toHaveLength(3);
});

test('an error is not kept', async () => {
  const { id, mark } = newOperation({ say: 'well again', status: 500, times: 3 });
  const text = `Fail first ${mark}`;
  expect((await refusalOf(ask(first, { text, more: kept }))).status).toBe(500);
  expect(await journalOf(id)).toHaveLength(3);
  expect((await ask(second, { text, more: kept })).text).toBe('well again');
});
