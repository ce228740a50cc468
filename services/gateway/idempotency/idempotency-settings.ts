import type { Environment } from '../../kit/environment.ts';

/** Bounds of what is remembered for `Idempotency-Key`. */
export interface IdempotencySettings {
  /** The first answer to a key is given again for this long. */
  readonly keepMs: number;
  /** An attempt that has not ended by then is taken for dead; the next one with its key may begin. */
  readonly leaseMs: number;
  /** A duplicate of an attempt under way waits this long for its answer. */
  readonly waitMs: number;
  /** Keys that one tenant may have at a time. */
  readonly maxKeys: number;
}

/** Reads `IDEMPOTENCY_KEEP_MS` (24 h), `IDEMPOTENCY_LEASE_MS`, `IDEMPOTENCY_WAIT_MS` and `IDEMPOTENCY_MAX_KEYS`. */
export function readIdempotencySettings(env: Environment): IdempotencySettings {
  return {
    keepMs: env.integer('IDEMPOTENCY_KEEP_MS', 86_400_000, { min: 100, max: 2_592_000_000 }),
    leaseMs: env.integer('IDEMPOTENCY_LEASE_MS', 5_000, { min: 100, max: 600_000 }),
    waitMs: env.integer('IDEMPOTENCY_WAIT_MS', 10_000, { min: 0, max: 600_000 }),
    maxKeys: env.integer('IDEMPOTENCY_MAX_KEYS', 100_000, { min: 1, max: 10_000_000 }),
  };
}
