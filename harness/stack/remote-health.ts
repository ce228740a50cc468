import { gauntletError } from '../errors.ts';
import { untilAnswering } from './answering.ts';
import type { Progress } from './driver.ts';
import type { ServiceSpec } from './service.ts';
import { DeadlinePassed, StartFailure } from './start-failure.ts';

/** Waits until a service that is not ours is ready, see `untilAnswering`. Throws StartFailure after the deadline. */
export async function untilRemoteHealthy(
  spec: ServiceSpec,
  url: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  if (!spec.healthPath) return progress(spec.name, 'ready', '');
  let last = 'no check yet';
  const tell = (why: string) => {
    last = why;
    progress(spec.name, 'waiting', why);
  };
  try {
    await untilAnswering(spec, url, tell, signal);
  } catch (error) {
    if (!(signal.reason instanceof DeadlinePassed)) throw error;
    const seconds = Math.round(signal.reason.afterMs / 1000);
    const closer = `curl ${url}${spec.healthPath}`;
    const late = gauntletError('GNT_SERVICE_NOT_READY', spec.name, seconds, last, closer);
    throw new StartFailure(late, spec.name, '');
  }
  progress(spec.name, 'ready', '');
}
