import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceSpec } from './service.ts';

const intervalMs = 100;
const requestTimeoutMs = 10_000;
/** How long a server must go on refusing its health path before it counts as one that has none. */
const usualNoPathAfterMs = 3_000;

/**
 * Asks a service that is not ours for its health until it is ready: 200 on its health path; any answer, if it is known
 * to have no such path; or refusals of the path (4xx: no such route, no such method, not without a key) and nothing
 * else for `noPathAfterMs`, since whoever answers them is up. A server that is not ready yet says 5xx or nothing.
 *
 * @param url of the service, without the path
 * @param onFailure told what the last question brought, for people to see what is being waited for
 * @throws the reason of `signal`
 */
export async function untilAnswering(
  { healthPath = '/', anyAnswer }: Pick<ServiceSpec, 'healthPath' | 'anyAnswer'>,
  url: string,
  onFailure: (why: string) => void,
  signal: AbortSignal,
  noPathAfterMs = usualNoPathAfterMs,
): Promise<void> {
  let refusedSinceMs: number | undefined;
  for (;;) {
    signal.throwIfAborted();
    const asked = `${url}${healthPath}`;
    const answer = await statusOf(asked, signal);
    const status = typeof answer === 'number' ? answer : undefined;
    if (status !== undefined && (anyAnswer || (status >= 200 && status < 300))) return;
    const isRefusal = status !== undefined && status >= 400 && status < 500;
    refusedSinceMs = isRefusal ? (refusedSinceMs ?? performance.now()) : undefined;
    if (refusedSinceMs !== undefined && performance.now() - refusedSinceMs >= noPathAfterMs) return;
    signal.throwIfAborted();
    onFailure(status === undefined ? `${asked}: ${answer}` : `${asked} answered ${status}`);
    await delay(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

/** The status of an answer, or why there was none. */
async function statusOf(url: string, signal: AbortSignal): Promise<number | string> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    const { cause, message } = error as Error;
    return (cause as { code?: string })?.code ?? message;
  }
}
