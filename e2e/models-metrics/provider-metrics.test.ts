import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import axios from 'axios';
import { waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsSeveralWorkers, stackScope } from '../../harness/suite/scope.ts';
import { requireEnvironment } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient, WorkerClient } from '../../harness/workers/client.ts';
import {
  call,
  credentials,
  type Figures,
  figuresIn,
  meteredModel,
  needsMetered,
  tokensOf,
  usualMs,
} from './metered.ts';

/** Of twenty calls three are so slow: they are the 95th percentile and not the median. */
const slowMs = 600;
/** What a figure that is put together from buckets may be off by. */
const tolerance = 0.02;

let scope: ScopeClient | undefined;
let workers: readonly WorkerClient[] = [];

beforeAll(() => {
  scope = stackScope('gateway');
  workers = [1, 2].map((index) => (scope as ScopeClient).workerClient('gateway', index));
});
afterAll(() => scope?.close());
beforeEach(async () => {
  await needs('provider-metrics');
  await needsMetered();
  await needsSeveralWorkers(scope as ScopeClient, 'gateway');
});

const one = (index: number): WorkerClient => workers[index % 2] as WorkerClient;
const figures = async (worker = one(0)): Promise<Figures> =>
  figuresIn((await worker.get('/v1/metrics/providers', { headers: credentials() })).json());

// covers 001/provider-metrics-shape
test('calls that went well and badly, over two keys and two workers, add up at each worker', async () => {
  const before = await figures();
  const kinds = Array.from({ length: 20 }, (_, index) => (index % 7 === 3 ? { ttft: slowMs } : {}));
  const good = await Promise.all(kinds.map((directives, index) => call(one(index), directives)));
  const bad = await Promise.all([0, 1, 2].map((index) => call(one(index), { status: 500, times: 1 })));
  expect([...good, ...bad].map(({ answer }) => answer.status)).toEqual(Array(23).fill(200));

  const attempts = [...good, ...bad].flatMap((each) => each.attempts);
  const answered = attempts.filter(({ status }) => status === 200);
  expect(attempts.length - answered.length).toBe(3);
  const after = await figures();
  expect(after.request_count - before.request_count).toBe(attempts.length);
  expect(after.success_count - before.success_count).toBe(answered.length);
  expect(after.failure_count - before.failure_count).toBe(3);
  expect(after.total_tokens - before.total_tokens).toBe(tokensOf(attempts));
  const judged = after.success_count + after.failure_count;
  expect(after.success_rate).toBeCloseTo(after.success_count / judged, 9);
  expect(await figures(one(1))).toEqual(after);

  // Latencies of earlier runs against the same gateway are of the same mix, but nobody here has measured them.
  const isFresh = before.request_count === 0;
  const slowestMs = isFresh ? Math.max(...good.map(({ tookMs }) => tookMs)) : Number.POSITIVE_INFINITY;
  expect(after.latency_p50_ms).toBeGreaterThanOrEqual(usualMs * (1 - tolerance));
  expect(after.latency_p50_ms).toBeLessThan(after.latency_p95_ms ?? 0);
  expect(after.latency_p95_ms).toBeGreaterThanOrEqual(slowMs * (1 - tolerance));
  expect(after.latency_p95_ms).toBeLessThanOrEqual(slowestMs * (1 + tolerance));
});

// covers 001/provider-metrics-shape
// covers 001/live-processes-provider-metrics
test('who has read the end of a stream finds it counted, with its tokens, at another worker', async () => {
  for (let round = 0; round < 5; round += 1) {
    const before = await figures(one(1));
    const options = { stream: true, stream_options: { include_usage: true } };
    const { answer, attempts } = await call(one(0), {}, options);
    expect(answer.body.trimEnd()).toMatch(/data: \[DONE\]$/);
    const after = await figures(one(1));
    expect(after.success_count - before.success_count).toBe(1);
    expect(after.total_tokens - before.total_tokens).toBe(tokensOf(attempts));
    expect(tokensOf(attempts)).toBeGreaterThan(0);
  }
});

test('a client that goes is no failure of the provider', async () => {
  const before = await figures();
  const { id, mark } = newOperation({ ttft: 20_000 });
  const gone = new AbortController();
  const body = { model: meteredModel, messages: [{ role: 'user', content: `Hi ${mark}` }] };
  const asking = one(0)
    .post('/v1/chat/completions', body, { signal: gone.signal, headers: credentials() })
    .catch((cause: Error) => cause.name);
  await waitForJournal(id, 'arrived');
  gone.abort();
  expect(await asking).toBe('AbortError');
  await waitForJournal(id, 'hungup');
  const counted = async () => {
    const now = await figures();
    return now.request_count > before.request_count && now;
  };
  const after = await until('the call is counted', counted);
  expect(after.failure_count).toBe(before.failure_count);
  expect(after.success_count).toBe(before.success_count);
});

test('a stream that breaks off is a failure of the provider', async () => {
  const before = await figures();
  const { answer } = await call(one(1), { tokens: 20, cut: 5 }, { stream: true });
  expect(answer.body).not.toContain('[DONE]');
  const after = await figures();
  expect(after.failure_count - before.failure_count).toBe(1);
  expect(after.success_count).toBe(before.success_count);
});

test('the figures are refused without a key, where the gateway knows keys', async () => {
  requireEnvironment('GATEWAY_API_KEYS');
  const ask = (headers: Readonly<Record<string, string>>) =>
    axios.get(`${service('gateway').url}/v1/metrics/providers`, { headers, validateStatus: () => true });
  expect((await ask({})).status).toBe(401);
  expect((await ask({ authorization: 'Bearer no-such-key' })).status).toBe(401);
  expect((await ask(credentials())).status).toBe(200);
});
