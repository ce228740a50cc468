import type { Migration } from '../kit/database.ts';
import { fileMigrations } from './files/migrations.ts';
import { responseMigrations } from './responses/store/migrations.ts';
import { vectorStoreMigrations } from './vector-stores/migrations.ts';

/** The gateway's tables; the schema is on the search path. */
export const migrations: readonly Migration[] = [
  {
    id: '001-debug-runs',
    up: `
      create table gateway.debug_runs (
        run uuid primary key,
        request_id text not null unique,
        started_at timestamptz not null default clock_timestamp(),
        ended_at timestamptz
      );
      create index debug_runs_started_at on gateway.debug_runs (started_at);
      create table gateway.debug_events (
        id bigint generated always as identity primary key,
        run uuid not null references gateway.debug_runs on delete cascade,
        event jsonb not null
      );
      create index debug_events_run on gateway.debug_events (run, id);`,
  },
  {
    id: '002-arena',
    up: `
      create table gateway.arena_matchups (
        prompt_id text primary key,
        prompt_hash text not null,
        model_a text not null,
        model_b text not null,
        created_at timestamptz not null default clock_timestamp()
      );
      create table gateway.arena_votes (
        prompt_id text primary key references gateway.arena_matchups,
        winner text not null check (winner in ('A', 'B', 'tie', 'both_bad')),
        voter text not null,
        created_at timestamptz not null default clock_timestamp()
      );
      create index arena_votes_voter on gateway.arena_votes (voter, created_at);`,
  },
  ...responseMigrations,
  ...fileMigrations,
  ...vectorStoreMigrations,
];
