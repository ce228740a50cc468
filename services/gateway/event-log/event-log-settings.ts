import type { Environment } from '../../kit/environment.ts';

/** How much of each stream can be read again. */
export interface EventLogSettings {
  /** Events of one stream. */
  readonly keepEvents: number;
  readonly keepHours: number;
}

/** Reads `EVENT_LOG_KEEP_EVENTS` and `EVENT_LOG_KEEP_HOURS`. */
export function readEventLogSettings(env: Environment): EventLogSettings {
  return {
    keepEvents: env.integer('EVENT_LOG_KEEP_EVENTS', 1_000, { min: 1, max: 1_000_000 }),
    keepHours: env.integer('EVENT_LOG_KEEP_HOURS', 720, { min: 1, max: 87_600 }),
  };
}
