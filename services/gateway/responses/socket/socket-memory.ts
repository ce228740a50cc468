import type { Item, ResponseObject } from '../events/response-event.ts';
import { invalidRequest } from '../request/check.ts';
import type { ReadRequest } from '../request/read-request.ts';
import type { TurnFrame } from './client-frame.ts';

/** The last response of a socket that can be gone on from. */
interface LastResponse {
  readonly id: string;
  readonly store: boolean;
  readonly conversationId: string | undefined;
  /** All that it was built on and said, where the store does not have it. */
  readonly items: readonly Item[] | undefined;
}

/** What a socket knows of its turns: nothing that is stored, only what makes the next frame shorter. */
export interface SocketMemory {
  readonly model?: unknown;
  readonly instructions?: unknown;
  readonly last?: LastResponse | undefined;
}

/** A turn as its run needs it. */
export interface RememberedTurn {
  readonly request: ReadRequest;
  /** What went before, when only the socket knows it. */
  readonly past: readonly Item[] | undefined;
}

/** Longer unstored chains are forgotten: their next turn is told so, and sends everything again. */
const maxHeldChars = 16 * 1024 * 1024;

/**
 * The body of a request for a frame: model and instructions of the turn before where it names none; an append goes on
 * from the last response, or in its conversation, and is stored as that was. Throws 400 for an append to nothing.
 */
export function bodyFor(
  { kind, fields }: TurnFrame,
  memory: SocketMemory,
): Readonly<Record<string, unknown>> {
  const { model, instructions, last } = memory;
  const body: Record<string, unknown> = { ...fields };
  if (fields.model == null && model !== undefined) body.model = model;
  // An explicit null asks for none.
  if (fields.instructions === undefined && instructions !== undefined) body.instructions = instructions;
  if (kind === 'create') return body;
  if (last === undefined) {
    const message = 'Websocket request received before response.create: there is nothing to append to.';
    throw invalidRequest(message, 'nothing_to_append_to', 'type');
  }
  if (isEmpty(fields.input)) {
    throw invalidRequest("Missing required parameter: 'input'.", 'missing_required_parameter', 'input');
  }
  const place =
    last.conversationId === undefined
      ? { previous_response_id: last.id }
      : { conversation: last.conversationId };
  return { ...body, ...place, store: fields.store ?? last.store };
}

/**
 * Puts what only the socket knows before a request that goes on from it. One that is to be stored takes it along as
 * input of its own: whoever goes on from it later finds the whole.
 */
export function withPast(request: ReadRequest, { last }: SocketMemory): RememberedTurn {
  if (last?.items === undefined || request.fields.previous_response_id !== last.id)
    return { request, past: undefined };
  if (!request.store) return { request, past: last.items };
  return { request: { ...request, input: [...last.items, ...request.input] }, past: [] };
}

/** The memory after a turn that ended with `response`, built on `items`. One that failed leaves the last good one. */
export function remember(
  memory: SocketMemory,
  { fields, store, conversationId }: ReadRequest,
  response: ResponseObject,
  items: readonly Item[],
): SocketMemory {
  const { model, instructions } = fields;
  const after = { ...memory, model, instructions };
  if (response.status !== 'completed' && response.status !== 'incomplete') return after;
  const held = store ? undefined : [...items, ...response.output];
  const fits = held === undefined || JSON.stringify(held).length <= maxHeldChars;
  return { ...after, last: { id: response.id, store, conversationId, items: fits ? held : undefined } };
}

const isEmpty = (input: unknown): boolean =>
  input == null || ((typeof input === 'string' || Array.isArray(input)) && input.length === 0);
