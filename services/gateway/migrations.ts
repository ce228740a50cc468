import type { Migration } from '../kit/database.ts';
import { debugMigrations } from '../kit/debug/debug-migrations.ts';
import { accessMigrations } from './access/migrations.ts';
import { agentMigrations } from './agents/migrations.ts';
import { artifactsMigration } from './artifacts/migrations.ts';
import { controlPlaneMigration } from './control-plane/migrations.ts';
import { eventLogMigration } from './event-log/migrations.ts';
import { fileMigrations } from './files/migrations.ts';
import { idempotencyMigration } from './idempotency/migrations.ts';
import { memoryOwnersMigration } from './memories/memory-owner.ts';
import { providerUsageMigration } from './metrics/migrations.ts';
import { responseMigrations } from './responses/store/migrations.ts';
import { vectorStoreMigrations } from './vector-stores/migrations.ts';

/** The gateway's tables. */
export const migrations: readonly Migration[] = [
  ...debugMigrations('gateway'),
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
  {
    id: '003-arena-matchups-age',
    up: 'create index arena_matchups_created_at on gateway.arena_matchups (created_at);',
  },
  {
    id: '004-upstream-cooldowns',
    up: `
      create table gateway.upstream_cooldowns (
        scope text primary key,
        reason text not null,
        failures integer not null,
        until timestamptz not null
      );`,
  },
  providerUsageMigration,
  artifactsMigration,
  ...responseMigrations,
  ...fileMigrations,
  ...vectorStoreMigrations,
  idempotencyMigration,
  eventLogMigration,
  controlPlaneMigration,
  ...agentMigrations,
  ...accessMigrations,
  memoryOwnersMigration,
];
