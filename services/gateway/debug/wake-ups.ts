import type { FastifyBaseLogger } from 'fastify';
import type { Sql } from '../../kit/database.ts';
import { DEBUG_CHANNEL } from './debug-runs.ts';

/** Tells the open debug streams of this worker that a run has a new event, whichever worker wrote it. */
export type WakeUps = {
  /** Resolves at the next event of `run`, after `timeoutMs`, or when `signal` aborts; never rejects. */
  next(run: string, timeoutMs: number, signal: AbortSignal): Promise<void>;
};

/** Listens on one connection per worker (PostgreSQL LISTEN/NOTIFY); the timeout covers what a reconnect misses. */
export async function listenForEvents(sql: Sql, log: FastifyBaseLogger): Promise<WakeUps> {
  const waiting = new Map<string, Set<() => void>>();
  await sql.listen(
    DEBUG_CHANNEL,
    (run) => {
      for (const wake of waiting.get(run) ?? []) wake();
    },
    () => log.debug('listening for debug events'),
  );
  return {
    next: (run, timeoutMs, signal) =>
      new Promise((resolve) => {
        const wakers = waiting.get(run) ?? new Set();
        waiting.set(run, wakers);
        const wake = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          wakers.delete(wake);
          if (wakers.size === 0 && waiting.get(run) === wakers) waiting.delete(run);
          resolve();
        };
        const timer = setTimeout(wake, timeoutMs);
        signal.addEventListener('abort', wake, { once: true });
        wakers.add(wake);
        if (signal.aborted) wake();
      }),
  };
}
