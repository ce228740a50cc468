import { OpenaiError, openaiError } from '../../../kit/openai-error.ts';
import { type Target, targetOf } from '../../model/target.ts';
import { type ChatMessage, messagesOf } from '../chat/chat-messages.ts';
import { loadFiles } from '../chat/load-files.ts';
import type { Item, ResponseObject } from '../events/response-event.ts';
import { invalidRequest } from '../request/check.ts';
import type { ReadRequest } from '../request/read-request.ts';
import { freeTurn, takeTurn } from '../store/conversation-turn.ts';
import type { StoredRequest } from '../store/response-row.ts';
import { previousGone } from '../store/run-records.ts';
import { openToolbox, type Toolbox } from '../tools/toolbox.ts';
import type { ResponseCaller, ResponsesEngine } from './engine.ts';
import { newId } from './new-id.ts';
import { responseBase } from './response-base.ts';

/** A request that is ready to run. */
export interface PreparedResponse {
  readonly request: ReadRequest;
  readonly target: Target;
  readonly base: ResponseObject;
  readonly stored: StoredRequest;
  readonly messages: readonly ChatMessage[];
  readonly toolbox: Toolbox;
  /** Lists of tools that earlier turns hold. */
  readonly toolLists: readonly Item[];
}

export interface NewResponse extends PreparedResponse {
  /** All that it is built on: what went before, and its input. */
  readonly items: readonly Item[];
}

/**
 * Finds what a request builds on and turns it into messages. Throws 400 and 404 for what is not there, 409 for a
 * conversation or a response that is still busy. A turn of a conversation that was taken is given back on failure; after
 * success it is whoever runs the response that ends it.
 */
export async function prepareResponse(
  engine: ResponsesEngine,
  request: ReadRequest,
  caller: ResponseCaller,
  id = newId('resp'),
): Promise<NewResponse> {
  const { conversationId, fields } = request;
  const target = targetOf(engine.targets, fields.model);
  const toolbox = await openToolbox(engine.tools, fields, caller.tenant);
  const past = caller.past ?? (await pastOf(engine, request, caller.tenant, id));
  try {
    const input = await resolveReferences(engine, request.input, past, caller.tenant);
    const items = [...past, ...input];
    if (items.length === 0 && !request.isWarmUp) {
      throw invalidRequest("Missing required parameter: 'input'.", 'missing_required_parameter', 'input');
    }
    const messages = messagesOf(fields.instructions, await loadFiles(engine.files, items, caller.tenant));
    const base = responseBase(id, Math.floor(Date.now() / 1_000), request);
    const previousId = caller.past ? undefined : fields.previous_response_id;
    const stored = { tenant: caller.tenant, input, previousId, conversationId };
    const toolLists = items.filter(({ type }) => type === 'mcp_list_tools');
    return { request, target, base, stored, items, messages, toolbox, toolLists };
  } catch (cause) {
    if (conversationId !== undefined) await freeTurn(engine.sql, conversationId, id);
    throw cause;
  }
}

async function pastOf(
  { store, sql, worker }: ResponsesEngine,
  { fields, conversationId }: ReadRequest,
  tenant: string,
  id: string,
): Promise<readonly Item[]> {
  if (conversationId !== undefined) {
    const turn = { tenant, conversation: conversationId, id, worker };
    return takeTurn(sql, turn).catch(async (cause: unknown) => {
      // Unless it was refused it may have been taken, and only the answer was lost.
      if (!(cause instanceof OpenaiError)) await freeTurn(sql, conversationId, id);
      throw cause;
    });
  }
  const previousId = fields.previous_response_id;
  if (previousId === undefined) return [];
  const past = await store.past(tenant, previousId);
  if (past === undefined) throw previousGone({ tenant, input: [], previousId, conversationId });
  if (past.status === 'completed' || past.status === 'incomplete') return past.items;
  const busy = past.status === 'queued' || past.status === 'in_progress';
  throw openaiError(
    busy ? 409 : 400,
    busy
      ? `Previous response '${previousId}' is still running.`
      : `Previous response '${previousId}' ended as ${past.status} and can't be continued.`,
    'invalid_request_error',
    busy ? 'previous_response_running' : 'previous_response_not_usable',
    'previous_response_id',
  );
}

/** Puts stored items in the place of references; one to an item that is there already adds nothing. */
async function resolveReferences(
  { store }: ResponsesEngine,
  input: readonly Item[],
  past: readonly Item[],
  tenant: string,
): Promise<readonly Item[]> {
  const known = new Set(
    [...past, ...input.filter(({ type }) => type !== 'item_reference')].map(({ id }) => id),
  );
  const resolved: Item[] = [];
  for (const item of input) {
    if (item.type !== 'item_reference') resolved.push(item);
    else if (!known.has(item.id)) {
      const found = await store.item(tenant, item.id ?? '');
      if (found === undefined) throw itemNotFound(item.id ?? '');
      resolved.push(found);
      known.add(item.id);
    }
  }
  return resolved;
}

const itemNotFound = (id: string) =>
  openaiError(404, `Item with id '${id}' not found.`, 'invalid_request_error', 'item_not_found', 'input');
