import type { Sql } from '../../kit/database.ts';
import { within } from '../../kit/http/within.ts';

/** What the store says of a key that may be used now. */
export interface LiveKey {
  readonly id: string;
  readonly tenant: string;
  readonly hasLimits: boolean;
}

/** Finds a key by its digest; undefined for one that is unknown, revoked or over. */
export type KeyLookup = (digest: string) => Promise<LiveKey | undefined>;

interface Asked {
  readonly promise: Promise<LiveKey | undefined>;
  readonly resolve: (found: LiveKey | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Looks every request's key up in the database: nothing is remembered, so nothing can be stale, on no worker, whatever
 * became of its connections. What makes it cheap: a worker has one look under way, and all that come meanwhile share the
 * next one. A look that was already under way is never joined: it may have been answered before a revocation was. One that
 * hangs on a connection that is no more holds up the next for `lookTimeoutMs` at most.
 */
export function createKeyLookup(
  find: (digests: readonly string[]) => Promise<Map<string, LiveKey>>,
  lookTimeoutMs = 2_000,
): KeyLookup {
  let waiting = new Map<string, Asked>();
  let isLooking = false;

  const look = async () => {
    isLooking = true;
    while (waiting.size > 0) {
      const asked = waiting;
      waiting = new Map();
      try {
        const found = await within(find([...asked.keys()]), lookTimeoutMs);
        if (found === undefined) throw new Error('The keys could not be looked up in time.');
        for (const [digest, { resolve }] of asked) resolve(found.get(digest));
      } catch (error) {
        for (const { reject } of asked.values()) reject(error);
      }
    }
    isLooking = false;
  };

  return (digest) => {
    const known = waiting.get(digest);
    if (known !== undefined) return known.promise;
    const asked = Promise.withResolvers<LiveKey | undefined>();
    waiting.set(digest, asked);
    if (!isLooking) void look();
    return asked.promise;
  };
}

/** The look itself: one statement, by the clock of the database. */
export const findKeys = (sql: Sql) => async (digests: readonly string[]) => {
  const rows = await sql<(LiveKey & { readonly digest: string })[]>`
    select digest, id, tenant, (requests is not null or concurrent is not null) as "hasLimits"
    from api_keys
    where digest = any(${digests as string[]}) and revoked_at is null
      and (expires_at is null or expires_at > clock_timestamp())`;
  return new Map(rows.map(({ digest, ...key }) => [digest, key]));
};
