import { availableParallelism } from 'node:os';
import type { Measurement } from '../suite/measure/measurement.ts';
import type { RunFacts } from './summary.ts';

/** perf.json: what the suites measured, and of what. */
export interface Performance {
  readonly runId: string;
  readonly driver: string;
  readonly startedAt: string;
  /** Cores that clients, gateway and model shared; told where all ran on this machine. */
  readonly cores: number;
  readonly gateway: RunFacts['record']['services'][string] | undefined;
  readonly measurements: readonly Measurement[];
}

/** The contents of perf.json; undefined when nothing was measured. */
export function performanceOf({ record, measurements = [] }: RunFacts): Performance | undefined {
  if (measurements.length === 0) return undefined;
  const { runId, driver, startedAt, services } = record;
  return {
    runId,
    driver,
    startedAt,
    cores: availableParallelism(),
    gateway: services.gateway,
    measurements,
  };
}

/** The largest fan-out on one line, for people; undefined when there was none. */
export function performanceLine(measurements: readonly Measurement[]): string | undefined {
  const fanOuts = measurements.filter(({ what }) => what === 'fan-out');
  const [largest] = fanOuts.toSorted((a, b) => b.streams - a.streams);
  if (!largest) return undefined;
  const { streams, firstEventMs: first, completionMs: completion, resident } = largest;
  const times = `first event p50 ${first.p50}, p99 ${first.p99} ms; completion p50 ${completion.p50}, p99 ${completion.p99} ms`;
  return `${streams} streams at once: ${times}; ${memoryText(resident)} (perf.json)`;
}

function memoryText(resident: Measurement['resident']): string {
  if (!resident) return 'memory not measured';
  if ('unknown' in resident) return `memory unknown: ${resident.unknown}`;
  const { beforeBytes, peakBytes, perStreamBytes } = resident;
  if (perStreamBytes === undefined) return `${Math.round((peakBytes - beforeBytes) / 1024)} KB more memory`;
  return `${Math.round(perStreamBytes / 1024)} KB of memory each`;
}
