import type { Sql } from '../kit/database.ts';
import { listenForNews } from '../kit/wake-ups.ts';
import { createEventLog, type EventLog, eventLogChannel } from './event-log/event-log.ts';
import { createOnce, type Once } from './idempotency/once.ts';
import { createIdempotencyRecords, idempotencyChannel } from './idempotency/records.ts';
import type { Settings } from './settings.ts';

/** Records that several APIs keep: what was answered to which key, and what happened in which stream. */
export interface SharedRecords {
  readonly once: Once;
  readonly events: EventLog;
  /** Forgets what is too old. */
  sweep(): Promise<void>;
}

/** Opens them for one worker, which from then on hears of what the others write. */
export async function openSharedRecords(
  sql: Sql,
  { idempotency, eventLog }: Pick<Settings, 'idempotency' | 'eventLog'>,
): Promise<SharedRecords> {
  const keys = createIdempotencyRecords(sql, idempotency);
  const events = createEventLog(sql, await listenForNews(sql, eventLogChannel), eventLog);
  return {
    once: createOnce(keys, await listenForNews(sql, idempotencyChannel), idempotency.waitMs),
    events,
    sweep: async () => {
      await keys.sweep();
      await events.sweep();
    },
  };
}
