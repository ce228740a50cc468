import type { Migration } from '../../kit/database.ts';

/**
 * A client names its sessions: the same name of two tenants is two sessions. `content` is `json`, which keeps every text
 * as it is, NUL characters and halves of pairs included.
 */
export const controlPlaneMigration: Migration = {
  id: '203-control-plane',
  up: `
    create table gateway.control_sessions (
      id uuid primary key,
      tenant text not null,
      name text not null,
      status text not null default 'done' check (status in ('running', 'done', 'failed')),
      message_count int not null,
      bytes bigint not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      unique (tenant, name)
    );
    create index control_sessions_updated_at on gateway.control_sessions (updated_at);
    create table gateway.control_messages (
      session uuid not null references gateway.control_sessions on delete cascade,
      position int not null,
      message_id text not null,
      content json not null,
      capability text not null,
      label text not null,
      received_at timestamptz not null,
      primary key (session, position)
    );`,
};
