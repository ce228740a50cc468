import type { Sql } from './database.ts';

/** News of a channel, whichever worker they come from; each carries the key of what it is about. */
export interface WakeUps {
  /** Calls `wake` at each news of `key` until the returned function is called. */
  subscribe(key: string, wake: () => void): () => void;
  /** Resolves at the next news of `key`, after `timeoutMs`, or when `signal` aborts; never rejects. */
  next(key: string, timeoutMs: number, signal: AbortSignal): Promise<void>;
}

/**
 * Listens on one connection per worker (PostgreSQL LISTEN/NOTIFY). A renewed connection wakes everybody, because news may
 * have been missed in between.
 */
export async function listenForNews(sql: Sql, channel: string): Promise<WakeUps> {
  const waiting = new Map<string, Set<() => void>>();
  const wakeAll = (wakers: Iterable<() => void>) => {
    for (const wake of [...wakers]) wake();
  };
  await sql.listen(
    channel,
    (key) => wakeAll(waiting.get(key) ?? []),
    () => {
      for (const wakers of [...waiting.values()]) wakeAll(wakers);
    },
  );
  const subscribe = (key: string, wake: () => void) => {
    const wakers = waiting.get(key) ?? new Set();
    waiting.set(key, wakers);
    wakers.add(wake);
    return () => {
      wakers.delete(wake);
      if (wakers.size === 0 && waiting.get(key) === wakers) waiting.delete(key);
    };
  };
  return {
    subscribe,
    next: (key, timeoutMs, signal) =>
      new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          stop();
          resolve();
        };
        const timer = setTimeout(wake, timeoutMs);
        const stop = subscribe(key, wake);
        signal.addEventListener('abort', wake, { once: true });
        if (signal.aborted) wake();
      }),
  };
}
