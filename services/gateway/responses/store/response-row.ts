import type { Sql } from '../../../kit/database.ts';
import type { Item, ResponseObject } from '../events/response-event.ts';

/** What a response is stored with, beside what clients see of it. */
export interface StoredRequest {
  readonly tenant: string;
  readonly input: readonly Item[];
  readonly previousId: string | undefined;
  readonly conversationId: string | undefined;
}

/** News here are about the id of a response, or `cancel:` and the id. */
export const responsesChannel = 'gateway_responses';

/** JSON as text: the database's own type for parameters of this kind refuses NUL characters. */
export const json = (value: unknown): string => JSON.stringify(value);

/** Ids that can be looked for; a client's own may hold anything. */
export const safeIds = (items: readonly Item[]): string[] =>
  items.flatMap(({ id }) => (id !== undefined && /^[\w-]{1,128}$/.test(id) ? [id] : []));

/** A response without its output, which has a column of its own. */
export const bodyOf = ({ output: _, ...body }: ResponseObject): object => body;

/** True for the ids that the gateway makes: others can't be stored, and some would upset the database. */
export const isId = (prefix: string, id: string): boolean =>
  id.startsWith(`${prefix}_`) && /^\w{1,80}$/.test(id);

/** Values of one response, for an insert. */
export function rowOf(request: StoredRequest, response: ResponseObject, runner: string | null) {
  return {
    id: response.id,
    tenant: request.tenant,
    status: response.status,
    background: response.background === true,
    previousId: request.previousId ?? null,
    conversation: request.conversationId ?? null,
    input: json(request.input),
    output: json(response.output),
    body: json(bodyOf(response)),
    itemIds: safeIds([...request.input, ...response.output]),
    runner,
  };
}

/**
 * Adds a response. The response before it is held against deletion at the same time; false when it is gone.
 */
export async function insertResponse(
  sql: Sql,
  request: StoredRequest,
  response: ResponseObject,
  runner: string | null,
  asked: unknown = null,
): Promise<boolean> {
  const row = rowOf(request, response, runner);
  const added = await sql`
    with previous as (
      select id from responses where id = ${row.previousId} and tenant = ${row.tenant} and not deleted for key share
    )
    insert into responses (id, tenant, status, background, previous_id, conversation, input, output, body, item_ids,
      runner, request)
    select ${row.id}, ${row.tenant}, ${row.status}, ${row.background}, (select id from previous), ${row.conversation},
      ${row.input}::text::json, ${row.output}::text::json, ${row.body}::text::json, ${row.itemIds}, ${row.runner},
      ${asked === null ? null : json(asked)}::text::json
    where ${row.previousId}::text is null or exists (select from previous)
    returning id`;
  return added.length === 1;
}
