import type { UpstreamOutcome } from '../model/model-call.ts';
import { bucketOf } from './latency-histogram.ts';

/** What requests to one upstream came to. Numbers add up, whoever counted them. */
export interface UsageTally {
  success: number;
  failure: number;
  cancelled: number;
  /** Successes whose upstream said nothing of tokens, as streams do that were not asked for usage. */
  unmetered: number;
  inputTokens: number;
  outputTokens: number;
  /** Of the successes. */
  readonly latencies: Map<number, number>;
}

/** Tallies by upstream; there are as many as upstreams in the settings. */
export type UsageTallies = Map<string, UsageTally>;

export function emptyTally(): UsageTally {
  return {
    success: 0,
    failure: 0,
    cancelled: 0,
    unmetered: 0,
    inputTokens: 0,
    outputTokens: 0,
    latencies: new Map(),
  };
}

/** Counts an outcome. */
export function count(tallies: UsageTallies, { upstream, result, latencyMs, usage }: UpstreamOutcome): void {
  let tally = tallies.get(upstream);
  if (tally === undefined) {
    tally = emptyTally();
    tallies.set(upstream, tally);
  }
  tally[result] += 1;
  if (result !== 'success') return;
  const bucket = bucketOf(latencyMs);
  tally.latencies.set(bucket, (tally.latencies.get(bucket) ?? 0) + 1);
  if (!usage) tally.unmetered += 1;
  tally.inputTokens += tokenCount(usage?.prompt_tokens);
  tally.outputTokens += tokenCount(usage?.completion_tokens);
}

/** What an upstream says of its tokens is not trusted to be a count; 0 if it is none. */
export function tokenCount(value: unknown): number {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : 0;
}
