import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseUnavailable } from '../../../kit/database.ts';

const firstPauseMs = 50;
const maxPauseMs = 1_000;

/**
 * Runs `act` again while the database is not to be had, for up to `boundMs`; other errors are thrown at once. `act` is told
 * whether an earlier try failed: that one may have been carried out all the same.
 */
export async function whileUnavailable<T>(
  boundMs: number,
  act: (isRepeated: boolean) => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + boundMs;
  for (let pauseMs = 0; ; pauseMs = Math.min(maxPauseMs, Math.max(firstPauseMs, 2 * pauseMs))) {
    if (pauseMs > 0) await delay(pauseMs);
    try {
      return await act(pauseMs > 0);
    } catch (error) {
      if (!isDatabaseUnavailable(error) || performance.now() + pauseMs >= deadline) throw error;
    }
  }
}
