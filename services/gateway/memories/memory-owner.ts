import type { Migration, Sql } from '../../kit/database.ts';
import { openaiError } from '../../kit/openai-error.ts';
import type { Caller } from '../caller.ts';

/** Whose users are whose: the memory service knows users, and nothing of who asks for them. */
export const memoryOwnersMigration: Migration = {
  id: '201-memory-owners',
  up: `
    create table gateway.memory_owners (
      user_id uuid primary key,
      tenant text not null,
      claimed_at timestamptz not null default clock_timestamp()
    );`,
};

/** Lets a caller near the memories of a user, or not. */
export type MemoryOwner = (caller: Caller, userId: unknown) => Promise<void>;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * A user belongs to the tenant whose key named it first; to every other caller it is unknown. Keys that are nobody's own
 * any user of an open gateway, but come near none that has an owner. `knowsKeys`: without known keys nobody can own one,
 * and nothing is looked up.
 */
export function createMemoryOwner(sql: Sql, knowsKeys: boolean): MemoryOwner {
  return async ({ tenant, isKnown = false }, userId) => {
    // What is no user's id is refused by the memory service.
    if (!knowsKeys || typeof userId !== 'string' || !uuid.test(userId)) return;
    if (isKnown) {
      await sql`
        insert into memory_owners (user_id, tenant) values (${userId}, ${tenant}) on conflict do nothing`;
    }
    const [owner] = await sql<{ tenant: string }[]>`
      select tenant from memory_owners where user_id = ${userId}`;
    if (owner === undefined || owner.tenant === tenant) return;
    throw openaiError(
      404,
      `There is no user '${userId}'.`,
      'invalid_request_error',
      'user_not_found',
      'user_id',
    );
  };
}
