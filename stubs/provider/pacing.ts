import { setTimeout as sleep } from 'node:timers/promises';

export type Pacing = {
  readonly ttftMs: number;
  /** 0 means as fast as the reader takes them. */
  readonly tokensPerSecond: number;
};

/**
 * A clock for one answer. `token(i)` returns when token `i` (from 0) is due; due times are counted from the start,
 * so a late timer does not slow the rest down; what `held` waits for puts off everything after it. Both reject with the
 * signal's reason.
 */
export function startPacing({ ttftMs, tokensPerSecond }: Pacing, signal: AbortSignal) {
  let startedAt = performance.now();
  const until = async (dueMs: number): Promise<void> => {
    const leftMs = startedAt + dueMs - performance.now();
    if (leftMs > 0) await sleep(leftMs, undefined, { signal });
  };
  return {
    held: async (released: Promise<void>): Promise<void> => {
      const heldAt = performance.now();
      await released;
      startedAt += performance.now() - heldAt;
    },
    first: () => until(ttftMs),
    token: (index: number) =>
      tokensPerSecond > 0 ? until(ttftMs + (index * 1000) / tokensPerSecond) : Promise.resolve(),
  };
}
