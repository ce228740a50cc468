import type { ISql } from 'postgres';
import type { Sql } from '../../kit/database.ts';
import type { IdempotencySettings } from './idempotency-settings.ts';

/** The first answer to a key, as it was sent. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Where a key counts: the same one of another caller or on another route is another key. */
export interface KeyScope {
  readonly tenant: string;
  readonly route: string;
  /** Digest of the key. */
  readonly key: Buffer;
}

/** What a key was met with. */
export type Found =
  | { readonly state: 'taken' }
  | { readonly state: 'answered'; readonly answer: Answer }
  | { readonly state: 'under way' | 'other request' | 'full' };

/** What is remembered of keys. */
export interface IdempotencyRecords {
  /** Takes a key that nobody holds for the attempt `holder`, for the length of a lease, or says what is known of it. */
  take(scope: KeyScope, request: Buffer, holder: string): Promise<Found>;
  /** Keeps the answer; false when the attempt no longer holds its key, whose transaction must then come to nothing. */
  keep(tx: ISql, scope: KeyScope, holder: string, answer: Answer): Promise<boolean>;
  /** Gives a key back that came to no answer. */
  free(scope: KeyScope, holder: string): Promise<void>;
  /** Forgets what is over; bounded, as the next sweep comes soon. */
  sweep(): Promise<void>;
}

/** News here are about a key that was answered or given back; see {@link newsOf}. */
export const idempotencyChannel = 'gateway_idempotency';
const maxSwept = 1_000;

/** The name of a key in news: it may hold no more than the database's 8,000 bytes. */
export const newsOf = ({ tenant, route, key }: KeyScope): string =>
  `${tenant}:${route}:${key.toString('hex')}`;

/** Records in PostgreSQL. All times are the database's, so that workers with other clocks agree on what is over. */
export function createIdempotencyRecords(
  sql: Sql,
  { keepMs, leaseMs, maxKeys }: IdempotencySettings,
): IdempotencyRecords {
  const later = (ms: number) => sql`clock_timestamp() + make_interval(secs => ${ms / 1_000})`;

  const find = async ({ tenant, route, key }: KeyScope, request: Buffer): Promise<Found | undefined> => {
    const [row] = await sql<{ same: boolean; status: number | null; answer: string | null }[]>`
      select request = ${request} as same, status, answer from idempotency_records
      where tenant = ${tenant} and route = ${route} and key = ${key} and until > clock_timestamp()`;
    if (row === undefined) return undefined;
    if (!row.same) return { state: 'other request' };
    if (row.status === null || row.answer === null) return { state: 'under way' };
    return { state: 'answered', answer: { status: row.status, body: row.answer } };
  };

  return {
    async take(scope, request, holder) {
      const { tenant, route, key } = scope;
      // What was free a moment ago may be taken now, and the other way round.
      for (let look = 0; look < 3; look += 1) {
        const taken = await sql`
          insert into idempotency_records as r (tenant, route, key, request, holder, until)
          select ${tenant}, ${route}, ${key}, ${request}, ${holder}, ${later(leaseMs)}
          where not exists (select from idempotency_records where tenant = ${tenant} offset ${maxKeys - 1} limit 1)
            or exists (select from idempotency_records where tenant = ${tenant} and route = ${route} and key = ${key})
          on conflict (tenant, route, key) do update
            set request = excluded.request, holder = excluded.holder, until = excluded.until, status = null, answer = null
            where r.until <= clock_timestamp()
          returning holder`;
        if (taken.length === 1) return { state: 'taken' };
        const found = await find(scope, request);
        if (found !== undefined) return found;
      }
      return { state: 'full' };
    },

    async keep(tx, { tenant, route, key }, holder, { status, body }) {
      const kept = await tx`
        update idempotency_records set status = ${status}, answer = ${body}, holder = null, until = ${later(keepMs)}
        where tenant = ${tenant} and route = ${route} and key = ${key} and holder = ${holder}
        returning holder`;
      if (kept.length === 0) return false;
      await tx`select pg_notify(${idempotencyChannel}, ${newsOf({ tenant, route, key })})`;
      return true;
    },

    async free(scope, holder) {
      const { tenant, route, key } = scope;
      await sql`
        with freed as (
          delete from idempotency_records
          where tenant = ${tenant} and route = ${route} and key = ${key} and holder = ${holder} returning key
        )
        select pg_notify(${idempotencyChannel}, ${newsOf(scope)}) from freed`;
    },

    async sweep() {
      await sql`
        delete from idempotency_records where (tenant, route, key) in (
          select tenant, route, key from idempotency_records
          where until <= clock_timestamp() order by until limit ${maxSwept} for update skip locked
        )`;
    },
  };
}
