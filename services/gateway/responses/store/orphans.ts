import type { Sql } from '../../../kit/database.ts';
import type { Item, ResponseEvent, ResponseObject } from '../events/response-event.ts';
import { doneItems } from './cancel-response.ts';
import { readEvents } from './event-log.ts';
import type { StoredRequest } from './response-row.ts';
import { endResponse } from './run-records.ts';

/** A response whose worker is gone, and which is this worker's now. */
export interface Orphan {
  readonly id: string;
  readonly stored: StoredRequest;
  readonly body: ResponseObject;
  /** As it was queued; absent for a response that a client waited for. */
  readonly asked: unknown;
  readonly attempts: number;
}

/** How far the events of an orphan go that a new run may keep: `created`, `queued`, `in_progress`. */
const lifecycleEvents = 3;

/**
 * Lets go of what this worker holds and does not run: its end could not be written. `running` is looked at after the
 * database: an id is in it from before its row is there until after its end.
 */
export async function letGo(sql: Sql, worker: string, running: ReadonlySet<string>): Promise<void> {
  const held = await sql<{ id: string }[]>`
    select id from responses where status in ('queued', 'in_progress') and runner = ${worker}`;
  const lost = held.flatMap(({ id }) => (running.has(id) ? [] : [id]));
  if (lost.length === 0) return;
  await sql`
    update responses set runner = null
    where status in ('queued', 'in_progress') and runner = ${worker} and id = any(${lost})`;
}

/** Takes up to `limit` responses that no living worker runs, those waiting for a first one included. */
export async function takeOrphans(sql: Sql, worker: string, limit: number): Promise<readonly Orphan[]> {
  const rows = await sql<
    {
      readonly id: string;
      readonly tenant: string;
      readonly body: ResponseObject;
      readonly input: readonly Item[];
      readonly conversation: string | null;
      readonly previous_id: string | null;
      readonly request: unknown;
      readonly attempts: number;
    }[]
  >`
    with taken as (
      update responses set runner = ${worker}, attempts = attempts + 1
      where id in (
        select id from responses r
        where status in ('queued', 'in_progress') and not deleted and not exists (
          select from response_workers w where w.worker = r.runner and alive_until > clock_timestamp()
        )
        order by created_at limit ${limit} for update skip locked
      ) returning id, tenant, body, input, conversation, previous_id, request, attempts
    ), turns as (
      update conversations c set turn_runner = ${worker} from taken where c.turn = taken.id
    )
    select * from taken`;
  return rows.map(({ id, tenant, body, input, conversation, previous_id, request, attempts }) => ({
    id,
    stored: {
      tenant,
      input,
      previousId: previous_id ?? undefined,
      conversationId: conversation ?? undefined,
    },
    body: { ...body, output: [] } as unknown as ResponseObject,
    asked: request,
    attempts,
  }));
}

/**
 * Makes an orphan of the background ready for a new run: what it had written is dropped, if nobody has followed it and no
 * tool of another system was called. The answer is the sequence number up to which its events stay, or `undefined` when
 * it can't begin again.
 */
export async function restartable(sql: Sql, id: string, worker: string): Promise<number | undefined> {
  return sql.begin(async (tx) => {
    const [row] = await tx<{ followed: boolean }[]>`
      select followed from responses where id = ${id} and runner = ${worker} for no key update`;
    if (row === undefined) return undefined;
    const events = await readEvents(tx as unknown as Sql, id);
    const written = events.slice(lifecycleEvents);
    if (written.length > 0 && (row.followed || written.some(isForeignCall))) return undefined;
    await tx`delete from response_events where response = ${id} and sequence >= ${lifecycleEvents}`;
    return Math.min(events.length, lifecycleEvents) - 1;
  });
}

/** Ends an orphan as failed, with the items that were whole by then. */
export async function failOrphan(sql: Sql, { id, stored, body }: Orphan, worker: string): Promise<void> {
  const events = await readEvents(sql, id);
  const error = { code: 'server_error', message: 'The worker that ran the response has gone.' } as const;
  const response: ResponseObject = { ...body, status: 'failed', error, output: doneItems(events) };
  const sequence_number = (events.at(-1)?.sequence_number ?? -1) + 1;
  const terminal: ResponseEvent = { type: 'response.failed', sequence_number, response };
  const logged = body.background === true ? { terminal } : {};
  await endResponse(sql, { request: stored, response, worker, ...logged });
}

const isForeignCall = ({ type, item }: ResponseEvent): boolean =>
  type === 'response.output_item.added' && (item as Item).type === 'mcp_call';
