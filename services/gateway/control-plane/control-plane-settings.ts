import type { Environment } from '../../kit/environment.ts';

/** Bounds of sessions. */
export interface ControlPlaneSettings {
  /** A session goes when nothing was posted to it for so long. */
  readonly keepHours: number;
  /** Of one tenant. */
  readonly maxSessions: number;
  /** Of one session. */
  readonly maxMessages: number;
}

/** Reads `CONTROL_PLANE_KEEP_HOURS`, `CONTROL_PLANE_MAX_SESSIONS` and `CONTROL_PLANE_MAX_MESSAGES`. */
export function readControlPlaneSettings(env: Environment): ControlPlaneSettings {
  return {
    keepHours: env.integer('CONTROL_PLANE_KEEP_HOURS', 720, { min: 1, max: 87_600 }),
    maxSessions: env.integer('CONTROL_PLANE_MAX_SESSIONS', 100_000, { min: 1, max: 10_000_000 }),
    maxMessages: env.integer('CONTROL_PLANE_MAX_MESSAGES', 10_000, { min: 1, max: 1_000_000 }),
  };
}
