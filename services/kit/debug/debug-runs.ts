import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import type { Sql } from '../database.ts';
import { within } from '../http/within.ts';
import { type DebugEvent, noTrace, type Trace } from './trace.ts';

export interface DebugIds {
  readonly requestId: string;
  /** Under which the run is found, if not by its request id. */
  readonly key?: string;
  readonly correlationId: string;
  readonly op?: string | undefined;
}

/** The events after one already seen, and whether more can come. */
export interface DebugPage {
  readonly events: readonly { readonly id: string; readonly event: DebugEvent }[];
  readonly ended: boolean;
}

export interface DebugRuns {
  /**
   * Starts a run when `wanted` and resolves when every worker can find it, or after a second at the latest.
   * A request id used again replaces its earlier run.
   */
  begin(wanted: boolean, ids: DebugIds): Promise<Trace>;
  /** The run of a key, or undefined if there is none (never was, or its time is over). */
  find(key: string): Promise<string | undefined>;
  read(run: string, afterId: string): Promise<DebugPage>;
}

const keepMinutes = 60;
const keepRuns = 1_000;
const keepEventsPerRun = 500;
const longestWaitMs = 1_000;

/** Debug runs in PostgreSQL, so that each worker can tell what any of them did. `channel` is notified of each event. */
export function createDebugRuns(sql: Sql, channel: string, log: Pick<FastifyBaseLogger, 'warn'>): DebugRuns {
  const append = (run: string, event: DebugEvent, last: boolean) => sql`
    with added as (
      insert into debug_events (run, event)
      select run, ${sql.json(storable(event) as never)} from debug_runs where run = ${run} returning run
    ), ended as (
      update debug_runs set ended_at = clock_timestamp() where run = ${run} and ${last}
    )
    select pg_notify(${channel}, run::text) from added`;
  // A last event that can't be written must not leave its run open, for whose end others wait.
  const close = (run: string) => sql`
    update debug_runs set ended_at = clock_timestamp() where run = ${run} and ended_at is null`;

  const start = async (run: string, key: string): Promise<void> => {
    await sql.begin(async (tx) => {
      // One after the other for each request id: of several retries the last one's run stays, and none fails.
      await tx`select pg_advisory_xact_lock(hashtextextended(${`${channel}:${key}`}, 0))`;
      await tx`delete from debug_runs where request_id = ${key}`;
      await tx`insert into debug_runs (run, request_id) values (${run}, ${key})`;
    });
  };

  return {
    begin: async (wanted, { requestId, key = requestId, correlationId, op }) => {
      if (!wanted) return noTrace;
      const run = randomUUID();
      let count = 0;
      // One after the other, so that the order of the events is the order in which things happened.
      let written: Promise<unknown> = start(run, key).catch((err) =>
        log.warn({ err, requestId }, 'debug run lost'),
      );
      const add = (last: boolean, ...[type, step, message, data = {}]: Parameters<Trace['note']>) => {
        count += 1;
        if (count > keepEventsPerRun && !last) return written;
        const ids = { request_id: requestId, correlation_id: correlationId };
        const event = { ...ids, timestamp: new Date().toISOString(), type, step, message, data };
        written = written
          .then(() => append(run, event, last))
          .catch(async (err) => {
            log.warn({ err, requestId }, 'debug event lost');
            if (last) await close(run).catch(() => undefined);
          });
        return written;
      };
      const told = op === undefined ? {} : { op };
      await within(
        add(false, 'request_received', 'receive', 'The request was received.', told),
        longestWaitMs,
      );
      void forgetOldRuns(sql).catch((err) => log.warn({ err }, 'old debug runs stay'));
      return {
        note: (...step) => void add(false, ...step),
        end: async (...step) => void (await within(add(true, ...step), longestWaitMs)),
      };
    },

    find: async (key) => {
      // No text of PostgreSQL holds NUL: nothing can be known under such an id.
      if (key.includes('\0')) return undefined;
      const [row] = await sql<{ run: string }[]>`
        select run from debug_runs
        where request_id = ${key} and started_at > now() - make_interval(mins => ${keepMinutes})`;
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

/** The event as jsonb takes it: no NUL and no half of a surrogate pair in its texts, wherever they came from. */
export function storable(event: DebugEvent): unknown {
  return JSON.parse(
    JSON.stringify(event, (_key, value) =>
      typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\uFFFD') : value,
    ),
  );
}

async function forgetOldRuns(sql: Sql): Promise<void> {
  await sql`
    delete from debug_runs where run in (
      select run from debug_runs
      where started_at < now() - make_interval(mins => ${keepMinutes})
        or run in (select run from debug_runs order by started_at desc offset ${keepRuns})
      order by run for update skip locked)`;
}
