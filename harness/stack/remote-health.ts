import { setTimeout as delay } from 'node:timers/promises';
import { gauntletError } from '../errors.ts';
import type { Progress } from './driver.ts';
import type { ServiceSpec } from './service.ts';
import { DeadlinePassed, StartFailure } from './start-failure.ts';

const intervalMs = 250;
const requestTimeoutMs = 10_000;

/** Asks the health path of a service that is not ours until it answers 200. Throws StartFailure after the deadline. */
export async function untilRemoteHealthy(
  spec: ServiceSpec,
  url: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  if (!spec.healthPath) return progress(spec.name, 'ready', '');
  for (;;) {
    const why = await healthOf(`${url}${spec.healthPath}`, signal);
    if (!why) return progress(spec.name, 'ready', '');
    progress(spec.name, 'waiting', why);
    await delay(intervalMs, undefined, { signal }).catch(() => undefined);
    if (signal.reason instanceof DeadlinePassed) {
      const seconds = Math.round(signal.reason.afterMs / 1000);
      const error = gauntletError(
        'GNT_SERVICE_NOT_READY',
        spec.name,
        seconds,
        why,
        `curl ${url}${spec.healthPath}`,
      );
      throw new StartFailure(error, spec.name, '');
    }
    signal.throwIfAborted();
  }
}

async function healthOf(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `${url} answered ${response.status}`;
  } catch (error) {
    const { cause, message } = error as Error;
    return `${url}: ${(cause as { code?: string })?.code ?? message}`;
  }
}
