const maxBurst = 32;
const maxInFlight = 96;
// 124 connections without luck: the worker is busy or still starting rather than unlucky, so wait for it.
const pausesMs = [0, 0, 2, 5, 10, 25, 100, 200, 400] as const;

export interface SearchState {
  readonly workers: number;
  readonly waiters: number;
  /** Whether the first who waits asked for a certain worker. */
  readonly pinned: boolean;
  /** Bursts that the first who waits has seen. */
  readonly bursts: number;
  readonly inFlight: number;
}

/** The next burst: how many connections (0: too many are in flight already), and after which pause. */
export interface Burst {
  readonly size: number;
  readonly pauseMs: number;
}

/**
 * One connection for each worker and client at first, then twice as many each time up to a bound: servers that
 * hand connections out in turn need one burst, workers that race for them may need several.
 */
export function planBurst({ workers, waiters, pinned, bursts, inFlight }: SearchState): Burst {
  const wanted = pinned ? workers * waiters * 2 ** Math.min(bursts, 3) : 1;
  return {
    size: Math.max(0, Math.min(maxBurst, wanted, maxInFlight - inFlight)),
    pauseMs: pausesMs[Math.min(bursts, pausesMs.length - 1)] ?? 0,
  };
}
