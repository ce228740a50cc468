import cluster from 'node:cluster';
import { EnvironmentError, readEnvironment } from '../environment.ts';
import type { ServiceOptions } from '../service.ts';

/**
 * Runs a service as one primary process and WORKERS (default 2) workers behind one port.
 * Exit codes: 0 after a graceful end, 1 when the service can't start or run, 128 + signal when forced.
 */
export async function runService(options: ServiceOptions): Promise<void> {
  const env = readEnvironment();
  try {
    if (cluster.isPrimary) (await import('./primary.ts')).runPrimary(options.name, env);
    else (await import('./worker.ts')).runWorker(options, env);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${options.name}: ${error.message}\n`);
    process.exit(1);
  }
}
