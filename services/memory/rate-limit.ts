import { randomUUID } from 'node:crypto';
import type { Sql } from '../kit/database.ts';

export interface Admission {
  readonly admitted: boolean;
  /** Until the oldest counted request leaves the window; 0 when admitted. */
  readonly retryAfterSeconds: number;
}

const windowSeconds = 60;

/**
 * Counts one request of a user in a sliding window over all workers, in one statement: the row lock orders concurrent
 * requests, and the clock is read once that lock is held, so no 60 s contain more than `limit` admitted requests.
 */
export async function admitRequest(sql: Sql, userId: string, limit: number): Promise<Admission> {
  const request = randomUUID();
  const [row] = await sql<{ admitted: boolean; wait: number }[]>`
    insert into request_windows as w (user_id, admitted_at, last_request, touched_at)
    values (${userId}, array[clock_timestamp()], ${request}, clock_timestamp())
    on conflict (user_id) do update set (admitted_at, last_request, touched_at) = (
      select
        case when cardinality(recent.times) < ${limit} then recent.times || clock.t else recent.times end,
        case when cardinality(recent.times) < ${limit} then excluded.last_request else w.last_request end,
        clock.t
      from (select clock_timestamp() as t offset 0) clock
      cross join lateral (
        select coalesce(array_agg(one order by one), '{}') as times
        from unnest(w.admitted_at) one
        where one > clock.t - make_interval(secs => ${windowSeconds})
      ) recent
    )
    returning
      last_request = ${request} as admitted,
      extract(epoch from admitted_at[1] - touched_at)::float8 + ${windowSeconds} as wait`;
  if (row === undefined) throw new Error('The rate limit returned no row.');
  return {
    admitted: row.admitted,
    retryAfterSeconds: row.admitted ? 0 : Math.max(1, Math.ceil(row.wait)),
  };
}

/** Forgets windows that have passed: user ids are chosen by clients, so the table must not keep them. */
export async function forgetOldWindows(sql: Sql): Promise<void> {
  await sql`delete from request_windows
    where touched_at < now() - make_interval(secs => ${2 * windowSeconds})`;
}
