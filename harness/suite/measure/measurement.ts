import { appendFileSync } from 'node:fs';
import { quantile } from '../../bench/statistics.ts';
import type { TimedStream } from './timed-stream.ts';

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What the workers of the gateway hold, all of them together. */
export interface ResidentMemory {
  readonly beforeBytes: number;
  /** When all streams were open and their model waited. */
  readonly openBytes: number;
  /** At most, until all had ended. */
  readonly peakBytes: number;
  /** What each open stream adds; told from 100 streams on, since fewer say more about the heap than about streams. */
  readonly perStreamBytes?: number;
}

/** A row of `perf.json`: a number of streams at once and their times, in milliseconds from each one's request. */
export interface Measurement {
  readonly what: string;
  readonly streams: number;
  /** How many had begun and not ended at the same time, at most. */
  readonly openAtOnce: number;
  readonly eventsPerStream: number;
  readonly firstEventMs: Percentiles;
  readonly firstTextMs: Percentiles;
  readonly completionMs: Percentiles;
  /** Of each stream's longest silence between two events. */
  readonly largestGapMs: Percentiles;
  readonly resident?: ResidentMemory | { readonly unknown: string };
}

/** Milliseconds to a tenth: what is behind that is chance. */
const rounded = (value: number): number => Math.round(value * 10) / 10;

/** The 50th, 95th and 99th percentile (nearest rank). */
export function percentiles(values: readonly number[]): Percentiles {
  const at = (q: number) => rounded(quantile(values, q));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** The figures of streams that were read at the same time. */
export function measurementOf(what: string, streams: readonly TimedStream[]): Measurement {
  const over = (value: (stream: TimedStream) => number) => percentiles(streams.map(value));
  return {
    what,
    streams: streams.length,
    openAtOnce: openAtOnce(streams),
    eventsPerStream: Math.max(0, ...streams.map(({ events }) => events.length)),
    firstEventMs: over(({ firstEventMs }) => firstEventMs),
    firstTextMs: over(({ firstTextMs }) => firstTextMs),
    completionMs: over(({ completionMs }) => completionMs),
    largestGapMs: over(({ largestGapMs }) => largestGapMs),
  };
}

/** How many streams were between their first and their last event at the same time, at most. */
export function openAtOnce(streams: readonly Pick<TimedStream, 'arrivedAtMs'>[]): number {
  const steps = streams.flatMap(({ arrivedAtMs }) => [
    { atMs: arrivedAtMs[0] ?? 0, by: 1 },
    { atMs: arrivedAtMs.at(-1) ?? 0, by: -1 },
  ]);
  let open = 0;
  let most = 0;
  for (const { by } of steps.sort((a, b) => a.atMs - b.atMs || b.by - a.by)) {
    open += by;
    most = Math.max(most, open);
  }
  return most;
}

/** Keeps a measurement for `perf.json` of the run. */
export function noteMeasurement(measurement: Measurement): void {
  const path = process.env.GAUNTLET_MEASUREMENTS;
  if (path) appendFileSync(path, `${JSON.stringify(measurement)}\n`);
}
