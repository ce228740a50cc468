import type { Migration } from '../database.ts';

/** Tables of the debug stream, in the service's own schema. */
export function debugMigrations(schema: string): readonly Migration[] {
  return [
    {
      id: '001-debug-runs',
      up: `
        create table ${schema}.debug_runs (
          run uuid primary key,
          request_id text not null unique,
          started_at timestamptz not null default clock_timestamp(),
          ended_at timestamptz
        );
        create index debug_runs_started_at on ${schema}.debug_runs (started_at);
        create table ${schema}.debug_events (
          id bigint generated always as identity primary key,
          run uuid not null references ${schema}.debug_runs on delete cascade,
          event jsonb not null
        );
        create index debug_events_run on ${schema}.debug_events (run, id);`,
    },
  ];
}
