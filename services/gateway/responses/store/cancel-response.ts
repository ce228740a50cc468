import type { Sql } from '../../../kit/database.ts';
import { openaiError } from '../../../kit/openai-error.ts';
import type { OutputItem, ResponseEvent, ResponseObject, ResponseStatus } from '../events/response-event.ts';
import { readEvents } from './event-log.ts';
import { bodyOf, isId, json, responsesChannel } from './response-row.ts';

/**
 * Ends a background response as `cancelled`, with the items that were whole by then; the worker that runs it is told to
 * stop, and can't write to it any more. One that has ended is returned as it is. `undefined` for an unknown id; throws 400
 * for a response that was not made in the background.
 */
export async function cancelResponse(
  sql: Sql,
  tenant: string,
  id: string,
): Promise<ResponseObject | undefined> {
  if (!isId('resp', id)) return undefined;
  return sql.begin(async (tx) => {
    const [row] = await tx<
      { status: ResponseStatus; background: boolean; body: ResponseObject; output: readonly OutputItem[] }[]
    >`select status, background, body, output from responses
      where id = ${id} and tenant = ${tenant} and not deleted for no key update`;
    if (row === undefined) return undefined;
    if (!row.background) throw notInBackground();
    if (row.status !== 'queued' && row.status !== 'in_progress') return { ...row.body, output: row.output };
    const events = await readEvents(tx as unknown as Sql, id);
    const response: ResponseObject = { ...row.body, status: 'cancelled', output: doneItems(events) };
    const sequence = (events.at(-1)?.sequence_number ?? -1) + 1;
    const terminal = { type: 'response.incomplete', sequence_number: sequence, response };
    await tx`
      update responses set status = 'cancelled', output = ${json(response.output)}::text::json,
        body = ${json(bodyOf(response))}::text::json, runner = null, request = null
      where id = ${id}`;
    await tx`
      insert into response_events (response, sequence, event)
      values (${id}, ${sequence}, ${json(terminal)}::text::json)`;
    await tx`update conversations set turn = null, turn_runner = null where turn = ${id}`;
    await tx`select pg_notify(${responsesChannel}, ${id}), pg_notify(${responsesChannel}, ${`cancel:${id}`})`;
    return response;
  });
}

/** Items that had ended, in their order. */
export const doneItems = (events: readonly ResponseEvent[]): readonly OutputItem[] =>
  events.flatMap(({ type, item }) => (type === 'response.output_item.done' ? [item as OutputItem] : []));

const notInBackground = () =>
  openaiError(
    400,
    'Cannot cancel a synchronous response.',
    'invalid_request_error',
    'response_not_cancellable',
  );
