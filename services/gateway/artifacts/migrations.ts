import type { Migration } from '../../kit/database.ts';

export const artifactsMigration: Migration = {
  id: '011-artifacts',
  up: `
    create table gateway.artifacts (
      id text primary key,
      tenant text not null,
      display_name text not null,
      mime_type text not null,
      bytes bytea not null,
      sha256 text not null,
      ttl_seconds integer not null,
      created_at timestamptz not null default clock_timestamp(),
      expires_at timestamptz not null
    );
    create index artifacts_tenant on gateway.artifacts (tenant, expires_at);
    create index artifacts_expires_at on gateway.artifacts (expires_at);
    -- Pictures and archives do not get smaller.
    alter table gateway.artifacts alter column bytes set storage external;`,
};
