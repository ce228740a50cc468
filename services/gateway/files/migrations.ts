import type { Migration } from '../../kit/database.ts';

export const fileMigrations: readonly Migration[] = [
  {
    id: '102-files',
    up: `
      create table gateway.files (
        id text primary key,
        tenant text not null,
        created_at timestamptz not null default clock_timestamp(),
        filename text not null,
        purpose text not null,
        content bytea not null
      );
      create index files_tenant on gateway.files (tenant, created_at, id);
      create index files_created_at on gateway.files (created_at);`,
  },
];
