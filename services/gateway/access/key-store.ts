import type { Sql } from '../../kit/database.ts';
import { randomHex } from '../../kit/http/request-ids.ts';
import { digestOf, hintOf, newApiKey } from './api-key.ts';

/** What one key may use; without a field there is no such limit. */
export interface KeyLimits {
  /** Requests in a window: windows follow each other, each begins with the first request after the last one's end. */
  readonly requests: number | null;
  readonly windowSeconds: number | null;
  /** Requests under way at a time. */
  readonly concurrent: number | null;
}

/** A key as the store knows it, which is not the key itself. */
export interface KeyRecord extends KeyLimits {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly tenant: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface NewKey extends KeyLimits {
  readonly name: string;
  /** Whose key it is: keys of one tenant see the same things. Undefined makes a tenant of its own. */
  readonly tenant: string | undefined;
  readonly expiresInSeconds: number | undefined;
}

const columns = (sql: Sql) => sql`
  id, name, hint, tenant, requests, window_seconds as "windowSeconds", concurrent, created_at as "createdAt",
  expires_at as "expiresAt", revoked_at as "revokedAt"`;

/** Makes a key. It is returned this once, and stored nowhere. */
export async function createKey(sql: Sql, wanted: NewKey): Promise<{ key: string; record: KeyRecord }> {
  const key = newApiKey();
  const { name, requests, windowSeconds, concurrent, expiresInSeconds = null } = wanted;
  const tenant = wanted.tenant ?? `tenant_${randomHex(12)}`;
  const [record] = await sql<KeyRecord[]>`
    insert into api_keys (id, digest, hint, name, tenant, requests, window_seconds, concurrent, expires_at)
    values (${`key_${randomHex(12)}`}, ${digestOf(key)}, ${hintOf(key)}, ${name}, ${tenant}, ${requests},
      ${windowSeconds}, ${concurrent}, clock_timestamp() + make_interval(secs => ${expiresInSeconds}::float8))
    returning ${columns(sql)}`;
  if (record === undefined) throw new Error('The key was not stored.');
  return { key, record };
}

/** Keys in the order of their making, revoked ones too; `after` is the id of the last one seen. */
export async function listKeys(sql: Sql, after: string | undefined, limit: number): Promise<KeyRecord[]> {
  return await sql<KeyRecord[]>`
    select ${columns(sql)} from api_keys
    where ${after ?? null}::text is null
      or (created_at, id) > (select created_at, id from api_keys where id = ${after ?? null})
    order by created_at, id limit ${limit}`;
}

/** Revokes a key, once and for all; undefined when there is none. Whoever begins after this is refused. */
export async function revokeKey(sql: Sql, id: string): Promise<KeyRecord | undefined> {
  const [record] = await sql<KeyRecord[]>`
    update api_keys set revoked_at = coalesce(revoked_at, clock_timestamp()) where id = ${id}
    returning ${columns(sql)}`;
  return record;
}
