import type { ISql } from 'postgres';
import type { Sql } from '../../kit/database.ts';
import { databaseAnswer } from '../../kit/database-answer.ts';
import type { WakeUps } from '../../kit/wake-ups.ts';
import { whileUnavailable } from '../responses/store/while-unavailable.ts';
import type { EventLogSettings } from './event-log-settings.ts';

/** An event to be added. */
export interface NewEvent {
  /** A word; `reset` is the log's own. */
  readonly type: string;
  readonly data: object;
}

/** An event as it is read: ids of a stream rise by one from 1, in the order of their transactions. */
export interface LoggedEvent {
  readonly id: number;
  readonly type: string;
  /** JSON. */
  readonly data: string;
}

/** Durable events of many streams, such as a session's or a run's, seen alike by all workers. */
export interface EventLog {
  /**
   * Adds events at the end of a stream, in the transaction that they tell of; the first ones make the stream. It is locked
   * against others' until that transaction ends. Returns the last id.
   *
   * @throws RangeError for data of more than 1 MiB
   */
  append(tx: ISql, stream: string, events: readonly NewEvent[]): Promise<number>;
  /** The last id of a stream; `undefined` for one that is not there. */
  lastId(tx: ISql, stream: string): Promise<number | undefined>;
  /**
   * The events of a stream after the id `after`, as they are added by any worker, until `signal` aborts or the stream is
   * gone. Where the log does not go back that far, or never went that far, an event `reset` comes first: its data say which
   * ids there are, and its own id is the one before the first of them. Never is an event left out in silence.
   *
   * @throws what the database says, when it is not to be had for 20 s
   */
  follow(stream: string, after: number, signal: AbortSignal): AsyncGenerator<LoggedEvent, void>;
  /** Removes streams with their events; whoever follows them comes to their end. */
  remove(tx: ISql, streams: readonly string[]): Promise<void>;
  /** Forgets events that are too old; bounded, as the next sweep comes soon. */
  sweep(): Promise<void>;
}

/** News here are about a stream. */
export const eventLogChannel = 'gateway_events';

const maxEventBytes = 1024 * 1024;
/** What one look takes into memory for a reader, however slow it is. */
const pageEvents = 200;
const pageBytes = 1024 * 1024;
/** A look without news: covers a listening connection that is gone without having been closed. */
const lookAnywayMs = 5_000;
/** A database that is gone for longer ends a stream; the client comes again with its last id. */
const unavailableMs = 20_000;
const maxSwept = 2_000;

export function createEventLog(
  sql: Sql,
  wakeUps: WakeUps,
  { keepEvents, keepHours }: EventLogSettings,
): EventLog {
  return {
    async append(tx, stream, events) {
      const texts = events.map(({ data }) => JSON.stringify(data));
      const bytes = texts.map((text) => Buffer.byteLength(text));
      if (bytes.some((size) => size > maxEventBytes)) throw new RangeError('An event is too large.');
      const types = events.map(({ type }) => type);
      const [row] = await tx<{ last: number }[]>`
        with grown as (
          insert into event_streams as s (stream, last_id) values (${stream}, ${events.length})
          on conflict (stream) do update set last_id = s.last_id + ${events.length}
          returning last_id
        ), added as (
          insert into stream_events (stream, id, type, data, bytes)
          select ${stream}, grown.last_id - ${events.length} + e.n, e.type, e.data::json, e.bytes
          from grown, unnest(${types}::text[], ${texts}::text[], ${bytes}::int[]) with ordinality as e (type, data, bytes, n)
        ), outlived as (
          delete from stream_events
          where stream = ${stream} and id <= (select last_id - ${keepEvents} from grown)
        )
        select last_id::float8 as last, pg_notify(${eventLogChannel}, ${stream}) from grown`;
      return row?.last ?? 0;
    },

    async lastId(tx, stream) {
      const [row] = await tx<{ last: number }[]>`
        select last_id::float8 as last from event_streams where stream = ${stream}`;
      return row?.last;
    },

    async *follow(stream, after, signal) {
      let seen = after;
      while (!signal.aborted) {
        // Waiting begins before the look, so that no event can fall between the two.
        const looked = new AbortController();
        const woken = wakeUps.next(stream, lookAnywayMs, AbortSignal.any([signal, looked.signal]));
        try {
          const page = await whileUnavailable(unavailableMs, () => databaseAnswer(look(sql, stream, seen)));
          if (page === undefined) return;
          const { last, oldest, events } = page;
          if (seen > last || seen + 1 < oldest) {
            const reason = seen > last ? 'unknown_id' : 'expired';
            yield {
              id: oldest - 1,
              type: 'reset',
              data: JSON.stringify({ reason, after: seen, oldest, last }),
            };
            seen = oldest - 1;
            continue;
          }
          for (const event of events) {
            seen = event.id;
            yield event;
            if (signal.aborted) return;
          }
          if (seen < last) continue;
          await woken;
        } finally {
          looked.abort();
        }
      }
    },

    async remove(tx, streams) {
      await tx`
        with gone as (delete from event_streams where stream = any(${[...streams]}) returning stream)
        select pg_notify(${eventLogChannel}, stream) from gone`;
    },

    async sweep() {
      // Whole beginnings of streams, whatever the clock did: a hole in the middle would be no window. The stream's lock keeps
      // writers, who drop old events as well, from waiting for each other in a circle.
      await sql`
        with old as (
          select distinct stream from (
            select stream from stream_events
            where created_at < clock_timestamp() - make_interval(hours => ${keepHours})
            order by created_at limit ${maxSwept}
          ) as oldest
        ), locked as (
          select stream from event_streams where stream in (select stream from old) for update skip locked
        )
        delete from stream_events e using locked
        where e.stream = locked.stream and e.id <= (
          select max(o.id) from stream_events o
          where o.stream = locked.stream and o.created_at < clock_timestamp() - make_interval(hours => ${keepHours})
        )`;
    },
  };
}

interface Page {
  readonly last: number;
  /** The id of the oldest event that is kept, or that would be. */
  readonly oldest: number;
  readonly events: readonly LoggedEvent[];
}

/** Events after an id, as many as may be in memory at once; `undefined` for an unknown stream. One statement, one snapshot. */
async function look(sql: Sql, stream: string, after: number): Promise<Page | undefined> {
  const rows = await sql<
    { last: number; oldest: number | null; id: number | null; type: string; data: string }[]
  >`
    select s.last_id::float8 as last, e.id::float8 as id, e.type, e.data::text as data,
      (select min(id)::float8 from stream_events where stream = s.stream) as oldest
    from event_streams s left join lateral (
      select id, type, data, sum(bytes) over (order by id) - bytes as before
      from (
        select * from stream_events where stream = s.stream and id > ${after}::bigint order by id limit ${pageEvents}
      ) as next
    ) e on e.before < ${pageBytes}
    where s.stream = ${stream} order by e.id`;
  const [first] = rows;
  if (first === undefined) return undefined;
  const events = rows.flatMap(({ id, type, data }) => (id === null ? [] : [{ id, type, data }]));
  return { last: first.last, oldest: first.oldest ?? first.last + 1, events };
}
