import { setTimeout as delay } from 'node:timers/promises';

/** The value if it comes within `ms`, else undefined; the promise goes on. @throws what it rejects with in that time */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const timer = new AbortController();
  try {
    return await Promise.race([promise, delay(ms, undefined, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
