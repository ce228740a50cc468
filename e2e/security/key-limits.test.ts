import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { release, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsSeveralWorkers, stackScope } from '../../harness/suite/scope.ts';
import { type Answered, ask } from '../../harness/suite/security/ask.ts';
import { makeKey } from '../../harness/suite/security/keys.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient, WorkerProxy } from '../../harness/workers/client.ts';

let scope: ScopeClient;
let workers: readonly WorkerProxy[];
let model: string;
beforeAll(async () => {
  scope = stackScope('gateway');
  await needsSeveralWorkers(scope, 'gateway');
  const { workers: count } = service('gateway');
  workers = Array.from({ length: count }, (_, at) => scope.proxyFor('gateway', at + 1));
  model = await textModel();
});
afterAll(() => scope?.close());
beforeEach(() => needs('api-keys'));

const statusesOf = (answers: readonly Answered[]) => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};
/** A window that no test outlives. */
const longWindow = { window_seconds: 3_600 };

test('of many requests at once on all workers exactly as many are let in as the key may', async () => {
  const { key } = await makeKey({ limits: { requests: 20, ...longWindow } });
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, at) => ask('/v1/models', { key, worker: workers[at % workers.length] })),
  );
  expect(statusesOf(answers)).toEqual({ 200: 20, 429: 40 });
});

test('a refusal says when to come again, and every answer what is left', async () => {
  const { key } = await makeKey({ limits: { requests: 2, ...longWindow } });
  const left = [await ask('/v1/models', { key }), await ask('/v1/models', { key })];
  expect(left.map(({ headers }) => headers['x-ratelimit-remaining-requests'])).toEqual(['1', '0']);
  const { status, headers, json } = await ask('/v1/models', { key });
  expect([status, json.error.code, json.error.type]).toEqual([
    429,
    'rate_limit_exceeded',
    'rate_limit_error',
  ]);
  expect(Number(headers['retry-after'])).toBeGreaterThan(3_000);
  expect(Number(headers['retry-after'])).toBeLessThanOrEqual(3_600);
  expect(headers).toMatchObject({
    'x-ratelimit-limit-requests': '2',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': `${headers['retry-after']}s`,
  });
});

test('who waits as long as it was told is let in again', async () => {
  const { key } = await makeKey({ limits: { requests: 1, window_seconds: 2 } });
  expect((await ask('/v1/models', { key })).status).toBe(200);
  const { status, headers } = await ask('/v1/models', { key });
  expect([status, Number(headers['retry-after'])]).toEqual([429, expect.any(Number)]);
  const toldMs = Number(headers['retry-after']) * 1_000;
  const toldAt = performance.now();
  await until('the time that was told', () => performance.now() >= toldAt + toldMs);
  expect((await ask('/v1/models', { key })).status).toBe(200);
});

test('a key without limits is not told of any, and one key uses up nothing of another', async () => {
  const [free, limited] = [await makeKey(), await makeKey({ limits: { requests: 1, ...longWindow } })];
  await ask('/v1/models', { key: limited.key });
  expect((await ask('/v1/models', { key: limited.key })).status).toBe(429);
  const { status, headers } = await ask('/v1/models', { key: free.key });
  expect(status).toBe(200);
  expect(headers).not.toHaveProperty('x-ratelimit-limit-requests');
});

test('a refusal of the Messages API has its shape and the same time to wait', async () => {
  await needs('messages');
  const { key } = await makeKey({ limits: { requests: 1, ...longWindow } });
  await ask('/v1/models', { key });
  const messages = [{ role: 'user', content: 'Hi' }];
  const { status, headers, json } = await ask('/v1/messages', {
    ...{ method: 'POST', key, body: { model, max_tokens: 5, messages } },
  });
  expect([status, json]).toMatchObject([429, { type: 'error', error: { type: 'rate_limit_error' } }]);
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
});

const held = (key: string, mark: string, worker?: WorkerProxy) =>
  ask('/v1/chat/completions', {
    ...{ method: 'POST', key, worker },
    body: { model, messages: [{ role: 'user', content: `Hi ${mark}` }] },
  });

test('no more requests are under way than the key may have, over all workers; each that ends makes room', async () => {
  await needsScriptedProvider('gateway');
  const { key } = await makeKey({ limits: { concurrent: 2 } });
  const operations = [newOperation({ hold: 0 }), newOperation({ hold: 0 })];
  const running = operations.map(({ mark }, at) => held(key, mark, workers[at % workers.length]));
  for (const { id } of operations) await waitForJournal(id, 'arrived');
  const refused = await Promise.all(workers.map((worker) => ask('/v1/models', { key, worker })));
  expect(refused.map(({ status, headers }) => [status, headers['retry-after']])).toEqual(
    workers.map(() => [429, '1']),
  );
  await release(operations[0]?.id ?? '');
  expect((await running[0])?.status).toBe(200);
  expect((await ask('/v1/models', { key })).status).toBe(200);
  await release(operations[1]?.id ?? '');
  await running[1];
});

test('of many that come at once to all workers no more are let in than may be under way', async () => {
  await needsScriptedProvider('gateway');
  const { key } = await makeKey({ limits: { concurrent: 3 } });
  const operations = Array.from({ length: 12 }, () => newOperation({ hold: 0 }));
  let refused = 0;
  const all = operations.map(async ({ mark }, at) => {
    const { status } = await held(key, mark, workers[at % workers.length]);
    if (status === 429) refused += 1;
    return status;
  });
  await until('as many refusals as there are too many', () => refused >= 9, 20_000);
  await Promise.all(operations.map(({ id }) => release(id)));
  expect((await Promise.all(all)).toSorted()).toEqual([200, 200, 200, ...Array(9).fill(429)]);
});

test('who asks one after the other is never refused for what has just ended', async () => {
  const { key } = await makeKey({ limits: { concurrent: 1 } });
  const statuses = new Set<number>();
  for (let turn = 0; turn < 60; turn += 1) {
    statuses.add((await ask('/v1/models', { key, worker: workers[turn % workers.length] })).status);
  }
  expect([...statuses]).toEqual([200]);
});

test('a client that goes makes room', async () => {
  await needsScriptedProvider('gateway');
  const { key } = await makeKey({ limits: { concurrent: 1 } });
  const { id, mark } = newOperation({ hold: 0 });
  const leaving = new AbortController();
  const url = `${service('gateway').url}/v1/chat/completions`;
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: `Hi ${mark}` }] });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const gone = fetch(url, { method: 'POST', headers, body, signal: leaving.signal }).catch(() => 'gone');
  await waitForJournal(id, 'arrived');
  expect((await ask('/v1/models', { key })).status).toBe(429);
  leaving.abort();
  expect(await gone).toBe('gone');
  await until('room', async () => (await ask('/v1/models', { key })).status === 200);
});
