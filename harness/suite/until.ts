import { setTimeout as delay } from 'node:timers/promises';

/** Asks until the answer is neither undefined nor false; fails after `boundMs`, naming what was waited for. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  boundMs = 10_000,
  pauseMs = 50,
): Promise<T> {
  const deadline = Date.now() + boundMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer as T;
    if (Date.now() > deadline) throw new Error(`waited ${boundMs} ms in vain: ${what}`);
    await delay(pauseMs);
  }
}
