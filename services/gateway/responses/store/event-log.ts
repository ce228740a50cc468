import type { Sql } from '../../../kit/database.ts';
import type { WakeUps } from '../../../kit/wake-ups.ts';
import { isTerminal, type ResponseEvent } from '../events/response-event.ts';
import { json, responsesChannel } from './response-row.ts';
import { whileUnavailable } from './while-unavailable.ts';

const pageEvents = 500;
/** A look without news: covers what is missed while the listening connection is being renewed. */
const lookAnywayMs = 1_000;
/** A database that is gone for longer ends a stream; the client resumes it. */
const unavailableMs = 20_000;

/**
 * Adds events of a background run (once, however often it is tried) and tells whoever follows. False, and nothing added, unless `worker` still runs it: the
 * response's row is locked against its end or another worker's take-over meanwhile.
 */
export async function appendEvents(
  sql: Sql,
  id: string,
  worker: string,
  events: readonly ResponseEvent[],
): Promise<boolean> {
  const told = await sql`
    with owned as (
      select id from responses
      where id = ${id} and runner = ${worker} and status in ('queued', 'in_progress') and not deleted
      for no key update
    ), added as (
      insert into response_events (response, sequence, event)
      select owned.id, e.sequence, e.event::json
      from owned, unnest(${events.map(({ sequence_number }) => sequence_number)}::int[], ${events.map(json)}::text[])
        as e (sequence, event)
      on conflict do nothing
    )
    select pg_notify(${responsesChannel}, id) from owned`;
  return told.length === 1;
}

export async function isRunner(sql: Sql, id: string, worker: string): Promise<boolean> {
  const rows = await sql`
    select from responses
    where id = ${id} and runner = ${worker} and status in ('queued', 'in_progress') and not deleted`;
  return rows.length === 1;
}

/** All events of a response so far. */
export async function readEvents(sql: Sql, id: string): Promise<readonly ResponseEvent[]> {
  const rows = await sql<{ event: ResponseEvent }[]>`
    select event from response_events where response = ${id} order by sequence`;
  return rows.map(({ event }) => event);
}

/**
 * The events of a background response after the sequence number `after`, as they are added by any worker. Ends after the
 * terminal event, or when the response is no longer there. Whoever follows is noted first: what it has seen is never taken
 * back.
 */
export async function* followEvents(
  sql: Sql,
  wakeUps: WakeUps,
  { id, after, signal }: { readonly id: string; readonly after: number; readonly signal: AbortSignal },
): AsyncGenerator<ResponseEvent, void> {
  await sql`update responses set followed = true where id = ${id} and not followed`;
  let seen = after;
  while (!signal.aborted) {
    // Waiting begins before the look, so that no event can fall between the two.
    const looked = new AbortController();
    const woken = wakeUps.next(id, lookAnywayMs, AbortSignal.any([signal, looked.signal]));
    try {
      const { events, over } = await whileUnavailable(unavailableMs, () => page(sql, id, seen));
      for (const event of events) {
        seen = event.sequence_number;
        yield event;
        if (isTerminal(event)) return;
      }
      if (events.length === pageEvents) continue;
      if (over) return;
      await woken;
    } finally {
      looked.abort();
    }
  }
}

async function page(sql: Sql, id: string, after: number) {
  // One statement, one snapshot: the response is never seen ended before its last event.
  const rows = await sql<{ running: boolean; event: ResponseEvent | null }[]>`
    select r.status in ('queued', 'in_progress') and not r.deleted as running, e.event
    from responses r left join response_events e on e.response = r.id and e.sequence > ${after}
    where r.id = ${id} order by e.sequence limit ${pageEvents}`;
  return {
    events: rows.flatMap(({ event }) => (event === null ? [] : [event])),
    over: rows[0]?.running !== true,
  };
}
