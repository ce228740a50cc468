import type { Environment } from '../environment.ts';

/** What primary and workers of a service must agree on. */
export interface ClusterSettings {
  readonly workers: number;
  /** How long requests under way may go on after the service was told to end. */
  readonly drainMs: number;
  readonly address: { readonly host: string; readonly port: number };
}

/** WORKERS (default 2), DRAIN_MS (5 s), PORT (required) and HOST (loopback only). @throws EnvironmentError */
export function readClusterSettings(env: Environment): ClusterSettings {
  env.requiredText('PORT');
  return {
    workers: env.integer('WORKERS', 2, { min: 1, max: 64 }),
    drainMs: env.integer('DRAIN_MS', 5_000, { min: 0, max: 600_000 }),
    address: { host: env.text('HOST', '127.0.0.1'), port: env.integer('PORT', 0, { min: 1, max: 65_535 }) },
  };
}
