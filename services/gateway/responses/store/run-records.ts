import type { Sql } from '../../../kit/database.ts';
import { openaiError } from '../../../kit/openai-error.ts';
import type { ResponseEvent, ResponseObject } from '../events/response-event.ts';
import {
  bodyOf,
  insertResponse,
  json,
  responsesChannel,
  type StoredRequest,
  safeIds,
} from './response-row.ts';
import { whileUnavailable } from './while-unavailable.ts';

/** What a run leaves behind. */
export interface Recorder {
  /** Before the first event is shown. */
  begin(response: ResponseObject): Promise<void>;
  /** Before the terminal event is shown; false when the response is no longer this run's to end. */
  end(response: ResponseObject, terminal: ResponseEvent): Promise<boolean>;
}

/** For `store: false`. */
export const noRecord: Recorder = {
  begin: () => Promise.resolve(),
  end: () => Promise.resolve(true),
};

/** A response that is there from its first event on: its id can be asked for while it runs. */
export function recordFromStart(sql: Sql, request: StoredRequest, worker: string): Recorder {
  return {
    async begin(response) {
      if (!(await insertResponse(sql, request, response, worker))) throw previousGone(request);
    },
    end: (response) => endSurely(sql, { request, response, worker }),
  };
}

/** A response that nobody knows before it is answered: one write, and none for a client that has gone. */
export function recordAtEnd(sql: Sql, request: StoredRequest): Recorder {
  return {
    begin: () => Promise.resolve(),
    async end(response) {
      if (response.status === 'cancelled') return true;
      const added = await whileUnavailable(
        unavailableMs,
        async (isRepeated) =>
          (isRepeated && (await isStored(sql, response))) || insertResponse(sql, request, response, null),
      );
      if (!added) throw previousGone(request);
      return true;
    },
  };
}

/** Ends a response of a background run, whose events are kept. */
export function recordInBackground(sql: Sql, request: StoredRequest, worker: string): Recorder {
  return {
    async begin(response) {
      const body = json(bodyOf(response));
      await sql`
        update responses set status = 'in_progress', body = ${body}::text::json
        where id = ${response.id} and runner = ${worker} and status in ('queued', 'in_progress')`;
    },
    end: (response, terminal) => endSurely(sql, { request, response, worker, terminal }),
  };
}

/** Long enough for a database to start again, and short enough for a client that waits for its last event. */
const unavailableMs = 10_000;

/** Ends a response though the database may be gone for a while. */
const endSurely = (sql: Sql, end: End): Promise<boolean> =>
  whileUnavailable(
    unavailableMs,
    async (isRepeated) => (await endResponse(sql, end)) || (isRepeated && isStored(sql, end.response)),
  );

/** Did an earlier try that seemed to fail write it? */
async function isStored(sql: Sql, { id, status }: ResponseObject): Promise<boolean> {
  const rows = await sql`select from responses where id = ${id} and status = ${status}`;
  return rows.length === 1;
}

export interface End {
  readonly request: StoredRequest;
  readonly response: ResponseObject;
  readonly worker: string;
  /** Kept with the events of a background run. */
  readonly terminal?: ResponseEvent;
}

/**
 * Writes the end of a response, adds its turn to its conversation, and lets the next turn of that in: one statement, so
 * all or nothing. False, and nothing written, unless `worker` still runs it.
 */
export async function endResponse(sql: Sql, { request, response, worker, terminal }: End): Promise<boolean> {
  const { id, status, output } = response;
  const conversation = request.conversationId ?? null;
  const isTurn = conversation !== null && (status === 'completed' || status === 'incomplete');
  const turn = isTurn ? [...request.input, ...output] : [];
  const ended = await sql`
    with ended as (
      update responses set status = ${status}, output = ${json(output)}::text::json,
        body = ${json(bodyOf(response))}::text::json, item_ids = item_ids || ${safeIds(output)}::text[],
        runner = null, request = null
      where id = ${id} and runner = ${worker} and status in ('queued', 'in_progress') and not deleted
      returning id
    ), logged as (
      insert into response_events (response, sequence, event)
      select id, ${terminal?.sequence_number ?? 0}, ${json(terminal ?? null)}::text::json from ended
      where ${terminal !== undefined}
    ), added as (
      insert into conversation_items (conversation, id, item)
      select c.id, t.id, t.item::json
      from ended, conversations c,
        unnest(${turn.map((item) => item.id ?? '')}::text[], ${turn.map(json)}::text[])
          with ordinality as t (id, item, n)
      where c.id = ${conversation} order by n
      on conflict (conversation, id) do nothing
    ), freed as (
      update conversations set turn = null, turn_runner = null, used_at = clock_timestamp()
      where id = ${conversation} and turn = ${id} and exists (select from ended)
    )
    select pg_notify(${responsesChannel}, id) from ended`;
  return ended.length === 1;
}

export const previousGone = ({ previousId }: StoredRequest) =>
  openaiError(
    400,
    `Previous response with id '${previousId}' not found.`,
    'invalid_request_error',
    'previous_response_not_found',
    'previous_response_id',
  );
