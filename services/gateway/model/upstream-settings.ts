import type { Environment } from '../../kit/environment.ts';
import type { Upstreams } from './upstreams.ts';

/** What the environment decides about dealing with upstreams. */
export interface UpstreamSettings extends Omit<Upstreams, 'cooldowns'> {
  /** To make a connection, TLS included. */
  readonly connectMs: number;
}

const hourMs = 3_600_000;

/** Reads `UPSTREAM_…`; silence of an upstream is bounded by `requestTimeoutMs` where nothing else is said. */
export function readUpstreamSettings(env: Environment, requestTimeoutMs: number): UpstreamSettings {
  const bound = { min: 1, max: hourMs };
  return {
    connectMs: env.integer('UPSTREAM_CONNECT_TIMEOUT_MS', 5_000, bound),
    bounds: {
      firstByteMs: env.integer('UPSTREAM_FIRST_BYTE_TIMEOUT_MS', requestTimeoutMs, bound),
      idleMs: env.integer('UPSTREAM_IDLE_TIMEOUT_MS', requestTimeoutMs, bound),
      totalMs: env.integer('UPSTREAM_TOTAL_TIMEOUT_MS', hourMs, bound),
    },
    attempts: env.integer('UPSTREAM_ATTEMPTS', 3, { min: 1, max: 20 }),
    retryForMs: env.integer('UPSTREAM_RETRY_FOR_MS', 30_000, { min: 0, max: hourMs }),
    cooldownWaitMs: env.integer('UPSTREAM_COOLDOWN_WAIT_MS', 2_000, { min: 0, max: 60_000 }),
    cooldownMaxMs: env.integer('UPSTREAM_COOLDOWN_MAX_MS', 12 * hourMs, { min: 1, max: 24 * hourMs }),
  };
}
