import type { Worker } from 'node:cluster';

/** A place for one worker: the index stays, the processes in it come and go. */
export interface Seat {
  readonly index: number;
  state: 'starting' | 'initialised' | 'listening' | 'dead';
  /** Deaths before listening, in a row. */
  failedStarts: number;
  worker: Worker | undefined;
}

/** Wait before the next start: none after a worker that served, then 0.2 s doubling up to 3.2 s. */
export function backoffMs(failedStarts: number): number {
  return failedStarts === 0 ? 0 : Math.min(100 * 2 ** failedStarts, 3_200);
}
