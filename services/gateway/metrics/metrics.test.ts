import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { UpstreamOutcome } from '../model/model-call.ts';
import { bucketOf, quantileMs } from './latency-histogram.ts';
import { watchOutcome } from './outcome-watch.ts';
import { createPrometheus } from './prometheus.ts';
import { providerMetrics } from './provider-metrics.ts';
import { createUsageJournal, type UsageBatch } from './usage-journal.ts';
import { count, type UsageTallies } from './usage-tally.ts';

const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
const outcome = (more: Partial<UpstreamOutcome> = {}): UpstreamOutcome => ({
  ...{ upstream: 'one', model: 'm', result: 'success', latencyMs: 10, usage },
  ...more,
});
const bucketsOf = (latencies: readonly number[]) =>
  latencies.reduce(
    (all, ms) => all.set(bucketOf(ms), (all.get(bucketOf(ms)) ?? 0) + 1),
    new Map<number, number>(),
  );

test('a quantile is within one per cent of the latency that has this rank', () => {
  const latencies = fc.array(fc.double({ min: 0.2, max: 3_600_000, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(latencies, fc.constantFrom(0.5, 0.95), (all, q) => {
      const exact = all.toSorted((a, b) => a - b)[Math.ceil(q * all.length) - 1] as number;
      expect(Math.abs((quantileMs(bucketsOf(all), q) as number) / exact - 1)).toBeLessThan(0.011);
    }),
  );
});

test('there is no quantile of nothing, and what is no latency does no harm', () => {
  expect(quantileMs(new Map(), 0.5)).toBeUndefined();
  expect([Number.NaN, -1, 0].map(bucketOf)).toEqual([0, 0, 0]);
  expect(bucketOf(Number.POSITIVE_INFINITY)).toBe(1_000);
});

test('an upstream is described by what its requests came to', () => {
  const tallies: UsageTallies = new Map();
  count(tallies, outcome());
  count(tallies, outcome({ usage: undefined }));
  count(tallies, outcome({ result: 'failure', latencyMs: 9_000 }));
  count(tallies, outcome({ result: 'cancelled' }));
  const { one, idle } = providerMetrics(['idle', 'one'], tallies);
  expect(one).toMatchObject({
    ...{ request_count: 4, success_count: 2, failure_count: 1, cancelled_count: 1, unmetered_count: 1 },
    ...{ input_tokens: 3, output_tokens: 4, total_tokens: 7, success_rate: 2 / 3 },
  });
  expect(one?.latency_p95_ms).toBeCloseTo(10, 0);
  expect(idle).toMatchObject({ request_count: 0, success_rate: 1 });
  expect(idle).not.toHaveProperty('latency_p50_ms');
});

test('tokens that an upstream makes up are not counted, and counting does not fail on them', async () => {
  const tallies: UsageTallies = new Map();
  const wrong = { prompt_tokens: -5, completion_tokens: 'many', total_tokens: Number.NaN } as never;
  const prometheus = createPrometheus(1);
  count(tallies, outcome({ usage: wrong }));
  prometheus.observe(outcome({ usage: wrong }));
  expect(tallies.get('one')).toMatchObject({ inputTokens: 0, outputTokens: 0 });
  expect(await prometheus.registry.metrics()).toContain('direction="input"} 0');
});

test('an outcome is told once: a time-out is a failure, any other abort of ours is none', () => {
  const told: UpstreamOutcome[] = [];
  const watch = () => watchOutcome({ observe: (each) => told.push(each) }, 'one', 'm');
  const aborted = (name: string) => AbortSignal.abort(new DOMException('over', name));
  const first = watch();
  first.success(usage);
  first.cancelled();
  watch().failure(504, aborted('TimeoutError'));
  watch().failure(502, aborted('AbortError'));
  expect(told.map(({ result }) => result)).toEqual(['success', 'failure', 'cancelled']);
});

/** A journal over a database that takes a batch once it is told to, and may lose its acknowledgement. */
function journalOver(write: (batch: UsageBatch) => Promise<void>) {
  return createUsageJournal(write, { warn: () => undefined } as never, { everyMs: 1, retryMs: 1 });
}

test('what is recorded while a batch is written goes into the next one', async () => {
  const batches: UsageBatch[] = [];
  const taken = Promise.withResolvers<void>();
  const journal = journalOver((batch) => {
    batches.push(batch);
    return taken.promise;
  });
  journal.record(outcome());
  const first = journal.flush();
  await Promise.resolve().then(() => undefined);
  journal.record(outcome({ upstream: 'two' }));
  taken.resolve();
  await Promise.all([first, journal.flush()]);
  expect(batches.map(({ number, tallies }) => [number, [...tallies.keys()]])).toEqual([
    [1, ['one']],
    [2, ['two']],
  ]);
});

test('a batch that was not acknowledged is sent again with its number, unchanged', async () => {
  const sent: [number, number | undefined][] = [];
  const again = Promise.withResolvers<void>();
  const journal = journalOver(async ({ number, tallies }) => {
    sent.push([number, tallies.get('one')?.success]);
    if (sent.length === 1) throw new Error('connection lost');
    if (number === 2) again.resolve();
  });
  journal.record(outcome());
  await expect(journal.flush()).rejects.toThrow('connection lost');
  journal.record(outcome());
  await again.promise;
  expect(sent).toEqual([
    [1, 1],
    [1, 1],
    [2, 1],
  ]);
});
