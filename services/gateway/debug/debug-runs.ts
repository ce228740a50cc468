import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { Sql } from '../../kit/database.ts';
import { type DebugEvent, noTrace, type Trace } from './trace.ts';

export type DebugIds = {
  readonly requestId: string;
  readonly correlationId: string;
  readonly op?: string | undefined;
};

/** The events after one already seen, and whether more can come. */
export type DebugPage = {
  readonly events: readonly { readonly id: string; readonly event: DebugEvent }[];
  readonly ended: boolean;
};

export type DebugRuns = {
  /**
   * Starts a run when `wanted` and resolves when every worker can find it, or after a second at the latest.
   * A request id used again replaces its earlier run.
   */
  begin(wanted: boolean, ids: DebugIds): Promise<Trace>;
  /** The run of a request id, or undefined if there is none (never was, or its time is over). */
  find(requestId: string): Promise<string | undefined>;
  read(run: string, afterId: string): Promise<DebugPage>;
};

export const DEBUG_CHANNEL = 'gateway_debug';
const KEEP_MINUTES = 60;
const KEEP_RUNS = 1_000;
const MAX_WAIT_MS = 1_000;

/** Debug runs in PostgreSQL, so that each worker can tell what any of them did. */
export function createDebugRuns(sql: Sql, log: FastifyBaseLogger): DebugRuns {
  const append = async (run: string, event: DebugEvent, last: boolean) => {
    await sql`
      with added as (
        insert into debug_events (run, event)
        select run, ${sql.json(event as never)} from debug_runs where run = ${run} returning run
      ), ended as (
        update debug_runs set ended_at = clock_timestamp() where run = ${run} and ${last} returning run
      )
      select pg_notify(${DEBUG_CHANNEL}, run::text) from added`;
  };

  return {
    async begin(wanted, { requestId, correlationId, op }) {
      if (!wanted) return noTrace;
      const run = randomUUID();
      // One after the other, so that the order of the events is the order in which things happened.
      let written = start(sql, run, requestId);
      const add = (last: boolean, ...[type, step, message, data = {}]: Parameters<Trace['note']>) => {
        const timestamp = new Date().toISOString();
        const event = {
          request_id: requestId,
          correlation_id: correlationId,
          timestamp,
          type,
          step,
          message,
          data,
        };
        written = written
          .then(() => append(run, event, last))
          .catch((err) => log.warn({ err, requestId }, 'debug event lost'));
        return written;
      };
      await soon(
        add(
          false,
          'request_received',
          'receive',
          'The request was received.',
          op === undefined ? {} : { op },
        ),
      );
      return {
        note: (...step) => void add(false, ...step),
        end: (...step) => soon(add(true, ...step)),
      };
    },

    async find(requestId) {
      const [row] = await sql<{ run: string }[]>`
        select run from debug_runs
        where request_id = ${requestId} and started_at > now() - make_interval(mins => ${KEEP_MINUTES})`;
      return row?.run;
    },

    async read(run, afterId) {
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

/** A debugged request waits for its events, but not for a database in trouble. */
function soon(written: Promise<void>): Promise<void> {
  return Promise.race([written, delay(MAX_WAIT_MS, undefined, { ref: false })]);
}

async function start(sql: Sql, run: string, requestId: string): Promise<void> {
  await sql`
    delete from debug_runs where run in (
      select run from debug_runs
      where request_id = ${requestId} or started_at < now() - make_interval(mins => ${KEEP_MINUTES})
        or run in (select run from debug_runs order by started_at desc offset ${KEEP_RUNS - 1})
      order by run for update skip locked)`;
  await sql`
    insert into debug_runs (run, request_id) values (${run}, ${requestId})
    on conflict (request_id) do nothing`;
}
