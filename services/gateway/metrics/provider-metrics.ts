import { quantileMs } from './latency-histogram.ts';
import { emptyTally, type UsageTallies, type UsageTally } from './usage-tally.ts';

/** One entry of GET /v1/metrics/providers. */
export interface ProviderMetrics {
  readonly request_count: number;
  readonly success_count: number;
  readonly failure_count: number;
  readonly cancelled_count: number;
  readonly unmetered_count: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
  readonly success_rate: number;
  readonly latency_p50_ms?: number;
  readonly latency_p95_ms?: number;
}

/** All upstreams that are configured, used or not, and those that were used once and are configured no more. */
export function providerMetrics(
  upstreams: readonly string[],
  tallies: UsageTallies,
): Readonly<Record<string, ProviderMetrics>> {
  const names = new Set([...upstreams, ...tallies.keys()]);
  return Object.fromEntries([...names].map((name) => [name, metricsOf(tallies.get(name) ?? emptyTally())]));
}

function metricsOf(tally: UsageTally): ProviderMetrics {
  const { success, failure, cancelled, unmetered, inputTokens, outputTokens, latencies } = tally;
  const p50 = quantileMs(latencies, 0.5);
  const p95 = quantileMs(latencies, 0.95);
  return {
    request_count: success + failure + cancelled,
    success_count: success,
    failure_count: failure,
    cancelled_count: cancelled,
    unmetered_count: unmetered,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    success_rate: success + failure === 0 ? 1 : success / (success + failure),
    ...(p50 === undefined ? {} : { latency_p50_ms: rounded(p50) }),
    ...(p95 === undefined ? {} : { latency_p95_ms: rounded(p95) }),
  };
}

const rounded = (ms: number): number => Math.round(ms * 100) / 100;
