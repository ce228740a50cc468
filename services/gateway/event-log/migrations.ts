import type { Migration } from '../../kit/database.ts';

/**
 * `last_id` is the last id that was given out: its row is locked from there to the end of the transaction, so ids become
 * visible in their order and without gaps. `data` is `json`, not `jsonb`: it is kept as it is, NUL characters included.
 */
export const eventLogMigration: Migration = {
  id: '202-event-log',
  up: `
    create table gateway.event_streams (
      stream text primary key,
      last_id bigint not null
    );
    create table gateway.stream_events (
      stream text not null references gateway.event_streams on delete cascade,
      id bigint not null,
      type text not null,
      data json not null,
      bytes int not null,
      created_at timestamptz not null default clock_timestamp(),
      primary key (stream, id)
    );
    create index stream_events_created_at on gateway.stream_events (created_at);`,
};
