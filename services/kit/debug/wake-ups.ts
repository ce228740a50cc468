import { EventEmitter, once } from 'node:events';
import type { Sql } from '../database.ts';

/** Tells the open debug streams of this worker that a run has a new event, whichever worker wrote it. */
export interface WakeUps {
  /** Resolves at the next event of `run`, after `timeoutMs`, or when `signal` aborts; never rejects. */
  next(run: string, timeoutMs: number, signal: AbortSignal): Promise<void>;
}

/** Listens on one connection per worker (PostgreSQL LISTEN/NOTIFY); the timeout covers what a reconnect misses. */
export async function listenForEvents(sql: Sql, channel: string): Promise<WakeUps> {
  const runs = new EventEmitter().setMaxListeners(0);
  await sql.listen(channel, (run) => runs.emit(`run ${run}`));
  return {
    next: async (run, timeoutMs, signal) => {
      const over = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      await once(runs, `run ${run}`, { signal: over }).catch(() => undefined);
    },
  };
}
