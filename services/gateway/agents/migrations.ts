import type { Migration } from '../../kit/database.ts';

/**
 * `attempt` grows with every beginning, resumption and continuation: with `runner` it tells whether what a worker writes is
 * still to be written. `json`, not `jsonb`: texts are kept as they are, NUL characters included.
 */
export const agentMigrations: readonly Migration[] = [
  {
    id: '110-agent-runs',
    up: `
      create table gateway.agent_runs (
        id text primary key,
        tenant text not null,
        position bigint generated always as identity,
        agent text not null,
        status text not null check (status in ('running', 'completed', 'failed', 'stopped', 'interrupted')),
        turn int not null default 1,
        attempt int not null default 1,
        runner uuid,
        created_at timestamptz not null default clock_timestamp(),
        started_at timestamptz not null default clock_timestamp(),
        updated_at timestamptz not null default clock_timestamp(),
        ended_at timestamptz,
        finish_reason text,
        error json
      );
      create index agent_runs_tenant on gateway.agent_runs (tenant, position);
      create index agent_runs_running on gateway.agent_runs (tenant) where status = 'running';
      create index agent_runs_updated_at on gateway.agent_runs (updated_at);
      create table gateway.agent_messages (
        run text not null references gateway.agent_runs on delete cascade,
        position int not null,
        turn int not null,
        role text not null check (role in ('user', 'agent')),
        capability text,
        label text,
        content json not null,
        created_at timestamptz not null default clock_timestamp(),
        primary key (run, position)
      );
      create table gateway.agent_output (
        run text not null references gateway.agent_runs on delete cascade,
        attempt int not null,
        sequence int not null,
        text json not null,
        primary key (run, attempt, sequence)
      );`,
  },
];
