import type { Migration } from '../../kit/database.ts';

/**
 * `key` and `request` are digests: of one size, and a key that a client made of something secret is not kept. `holder` is
 * the attempt that is under way; `until` ends its lease, and later the life of the answer.
 */
export const idempotencyMigration: Migration = {
  id: '201-idempotency',
  up: `
    create table gateway.idempotency_records (
      tenant text not null,
      route text not null,
      key bytea not null,
      request bytea not null,
      holder uuid,
      status int,
      answer text,
      until timestamptz not null,
      primary key (tenant, route, key)
    );
    create index idempotency_records_until on gateway.idempotency_records (until);`,
};
