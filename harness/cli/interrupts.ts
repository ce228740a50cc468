import { gauntletError } from '../errors.ts';

/**
 * A signal that is aborted by Ctrl-C, SIGTERM, SIGHUP, or when the process that started this one on behalf of
 * its user (npm, or the command's wrapper on an older Node) is gone.
 * A second Ctrl-C ends the process at once; the supervisor then removes the run.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const abort = (name: string) => {
    if (controller.signal.aborted) {
      console.error('\nforced: the supervisor removes the rest');
      process.exit(130);
    }
    console.error(`\n${name}: tearing down (again to force)`);
    controller.abort(gauntletError('GNT_INTERRUPTED', name));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => abort(name));
  if (process.env.npm_lifecycle_event || process.env.GAUNTLET_WRAPPED) {
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent && !controller.signal.aborted) abort('the end of the calling process');
    }, 500).unref();
  }
  return controller.signal;
}
