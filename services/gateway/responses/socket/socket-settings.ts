import type { Environment } from '../../../kit/environment.ts';

/** Bounds of a WebSocket on /v1/responses. */
export interface SocketSettings {
  readonly pingMs: number;
  /** A socket without a turn for this long is closed. */
  readonly idleMs: number;
  /** An older socket is closed when its turn is over. */
  readonly lifeMs: number;
}

/** Reads `SOCKET_PING_MS`, `SOCKET_IDLE_MS` and `SOCKET_LIFE_MS`. */
export function readSocketSettings(env: Environment): SocketSettings {
  return {
    pingMs: env.integer('SOCKET_PING_MS', 15_000, { min: 10, max: 3_600_000 }),
    idleMs: env.integer('SOCKET_IDLE_MS', 1_200_000, { min: 10, max: 86_400_000 }),
    lifeMs: env.integer('SOCKET_LIFE_MS', 3_600_000, { min: 10, max: 86_400_000 }),
  };
}
