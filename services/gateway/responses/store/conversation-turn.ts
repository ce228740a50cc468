import { isDatabaseUnavailable, type Sql } from '../../../kit/database.ts';
import { openaiError } from '../../../kit/openai-error.ts';
import type { Item } from '../events/response-event.ts';
import { isId } from './response-row.ts';
import { whileUnavailable } from './while-unavailable.ts';

/**
 * Takes the turn of a conversation for the response `id`: one at a time, whichever workers the requests come in through.
 * Throws 404 for a conversation the tenant does not have, 409 `conversation_locked` while another turn runs. The turn of
 * a dead worker is over, unless its response is still to be taken up by another.
 */
export async function takeTurn(
  sql: Sql,
  turn: {
    readonly tenant: string;
    readonly conversation: string;
    readonly id: string;
    readonly worker: string;
  },
): Promise<readonly Item[]> {
  const { tenant, conversation, id, worker } = turn;
  if (!isId('conv', conversation)) throw conversationNotFound(conversation);
  const taken = await sql`
    update conversations c set turn = ${id}, turn_runner = ${worker}
    where id = ${conversation} and tenant = ${tenant} and (
      turn is null or (
        not exists (select from response_workers w where w.worker = c.turn_runner and alive_until > clock_timestamp())
        and not exists (select from responses r where r.id = c.turn and r.status in ('queued', 'in_progress'))
      )
    ) returning id`;
  if (taken.length === 0) {
    const [there] = await sql`select from conversations where id = ${conversation} and tenant = ${tenant}`;
    if (there === undefined) throw conversationNotFound(conversation);
    const message = 'Another turn of this conversation is running; try again when it is over.';
    const error = openaiError(409, message, 'invalid_request_error', 'conversation_locked', 'conversation');
    error.retryAfter = '1';
    throw error;
  }
  const rows = await sql<{ item: Item }[]>`
    select item from conversation_items where conversation = ${conversation} order by position`;
  return rows.map(({ item }) => item);
}

/** A worker that lives so long without its database has other troubles. */
const freeWithinMs = 3_600_000;

/**
 * Gives back a turn that came to nothing. While the database is not to be had this goes on behind the caller: the turn of a
 * worker that lives is nobody else's to end.
 */
export async function freeTurn(sql: Sql, conversation: string, id: string): Promise<void> {
  const free = async () => {
    await sql`
      update conversations set turn = null, turn_runner = null where id = ${conversation} and turn = ${id}`;
  };
  await free().catch((error: unknown) => {
    if (!isDatabaseUnavailable(error)) throw error;
    void whileUnavailable(freeWithinMs, free).catch(() => undefined);
  });
}

export const conversationNotFound = (id: string) =>
  openaiError(
    404,
    `Conversation with id '${id.slice(0, 100)}' not found.`,
    'invalid_request_error',
    'conversation_not_found',
    'conversation',
  );
