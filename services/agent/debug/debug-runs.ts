import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Sql } from '../../kit/database.ts';
import { type DebugEvent, noTrace, stepOf, type Trace } from './trace.ts';

export interface DebugIds {
  readonly requestId: string;
  readonly correlationId: string;
}

/** The events after one already seen, and whether more can come. */
export interface DebugPage {
  readonly events: readonly { readonly id: string; readonly event: DebugEvent }[];
  readonly ended: boolean;
}

export interface DebugRuns {
  /** Starts a run and resolves when every worker can find it, or after a second. An id used again replaces its run. */
  begin(wanted: boolean, ids: DebugIds): Promise<Trace>;
  /** The run of a request id, or undefined if there is none (never was, or its time is over). */
  find(requestId: string): Promise<string | undefined>;
  read(run: string, afterId: string): Promise<DebugPage>;
}

const keepMinutes = 60;
const keepRuns = 1_000;
const keepEventsPerRun = 500;
const longestWaitMs = 1_000;

/** Debug runs in PostgreSQL, so that each worker can tell what any of them did. `channel` is notified of each event. */
export function createDebugRuns(sql: Sql, channel: string, log: Logger): DebugRuns {
  const append = (run: string, event: DebugEvent, last: boolean) => sql`
    with added as (
      insert into debug_events (run, event)
      select run, ${sql.json(event as never)} from debug_runs where run = ${run} returning run
    ), ended as (
      update debug_runs set ended_at = clock_timestamp() where run = ${run} and ${last}
    )
    select pg_notify(${channel}, run::text) from added`;

  return {
    begin: async (wanted, { requestId, correlationId }) => {
      if (!wanted) return noTrace;
      const run = randomUUID();
      let count = 0;
      const started = start(sql, run, requestId).catch((err) => log.warn({ err }, 'debug run lost'));
      // One after the other, so that the order of the events is the order in which things happened.
      let written: Promise<unknown> = started;
      const add = (last: boolean, ...[type, message, data = {}]: Parameters<Trace['note']>) => {
        count += 1;
        if (count > keepEventsPerRun && !last) return written;
        const event: DebugEvent = {
          request_id: requestId,
          correlation_id: correlationId,
          timestamp: new Date().toISOString(),
          type,
          step: stepOf(type),
          message,
          data,
        };
        written = written
          .then(() => append(run, event, last))
          .catch((err) => log.warn({ err, requestId }, 'debug event lost'));
        return written;
      };
      await bounded(started);
      return {
        note: (...step) => void add(false, ...step),
        end: (...step) => bounded(add(true, ...step)),
      };
    },

    find: async (requestId) => {
      const [row] = await sql<{ run: string }[]>`
        select run from debug_runs
        where request_id = ${requestId} and started_at > now() - make_interval(mins => ${keepMinutes})`;
      return row?.run;
    },

    read: async (run, afterId) => {
      // One statement, one snapshot: `ended` is never seen before the last event.
      const rows = await sql<{ ended: boolean; id: string | null; event: DebugEvent | null }[]>`
        select r.ended_at is not null as ended, e.id::text as id, e.event
        from debug_runs r left join debug_events e on e.run = r.run and e.id > ${afterId}::bigint
        where r.run = ${run} order by e.id`;
      const events = rows.flatMap(({ id, event }) => (id !== null && event !== null ? [{ id, event }] : []));
      return { events, ended: rows[0]?.ended ?? true };
    },
  };
}

async function start(sql: Sql, run: string, requestId: string): Promise<void> {
  await sql`
    delete from debug_runs where run in (
      select run from debug_runs
      where started_at < now() - make_interval(mins => ${keepMinutes})
        or run in (select run from debug_runs order by started_at desc offset ${keepRuns - 1})
      order by run for update skip locked)`;
  await sql`delete from debug_runs where request_id = ${requestId}`;
  await sql`
    insert into debug_runs (run, request_id) values (${run}, ${requestId})
    on conflict (request_id) do nothing`;
}

async function bounded(work: Promise<unknown>): Promise<void> {
  await Promise.race([work, delay(longestWaitMs, undefined, { ref: false })]);
}
