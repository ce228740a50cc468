import type { FastifyBaseLogger } from 'fastify';
import type { Sql } from '../../../kit/database.ts';

const takeUpMs = 1_000;
const sweepMs = 60_000;
const maxSwept = 500;

/** Looks once a second for responses without a worker, and once a minute for what is too old. Returns how to end it. */
export function keepHouse(
  sql: Sql,
  takeUp: () => Promise<void>,
  keepHours: number,
  log: FastifyBaseLogger,
): () => void {
  let busy = false;
  const look = async () => {
    if (busy) return;
    busy = true;
    await takeUp().catch((err) => log.warn({ err }, 'orphans not taken up'));
    busy = false;
  };
  const timers = [
    setInterval(() => void look(), takeUpMs),
    setInterval(() => {
      sweep(sql, keepHours).catch((err) => log.warn({ err }, 'old responses not swept'));
    }, sweepMs),
  ];
  for (const timer of timers) timer.unref();
  return () => timers.forEach(clearInterval);
}

/**
 * Deletes what is older than `keepHours`, and what clients have deleted, leaf by leaf: a response stays as long as a later
 * one was built on it. Bounded, as the next sweep comes soon; workers that sweep together pass each other's rows over.
 */
export async function sweep(sql: Sql, keepHours: number): Promise<void> {
  await sql`
    delete from responses where id in (
      select id from responses r
      where (deleted or created_at < clock_timestamp() - make_interval(hours => ${keepHours}))
        and not exists (select from responses later where later.previous_id = r.id)
      order by created_at desc limit ${maxSwept} for update skip locked
    )`;
  await sql`
    delete from conversations where id in (
      select id from conversations
      where used_at < clock_timestamp() - make_interval(hours => ${keepHours})
      limit ${maxSwept} for update skip locked
    )`;
  for (const table of ['files', 'vector_stores']) {
    const kept = table === 'files' ? sql`created_at` : sql`used_at`;
    await sql`
      delete from ${sql(table)} where id in (
        select id from ${sql(table)}
        where ${kept} < clock_timestamp() - make_interval(hours => ${keepHours})
        limit ${maxSwept} for update skip locked
      )`;
  }
  await sql`delete from response_workers where alive_until < clock_timestamp() - interval '1 hour'`;
}
