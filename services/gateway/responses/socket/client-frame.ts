import { type OpenaiError, openaiError } from '../../../kit/openai-error.ts';
import { invalidRequest } from '../request/check.ts';

/** What a client asks for by one frame: the fields are those of POST /v1/responses, not checked yet. */
export interface TurnFrame {
  /** `append` goes on from the turn before. */
  readonly kind: 'create' | 'append';
  readonly fields: Readonly<Record<string, unknown>>;
  /** False for a warm-up: a response without asking the model. */
  readonly generate: boolean;
}

/** A frame as it came. */
export interface RawFrame {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

const kinds: ReadonlyMap<unknown, TurnFrame['kind']> = new Map([
  ['response.create', 'create'],
  ['response.append', 'append'],
]);

/** Reads `{"type": "response.create" | "response.append", …}`; throws 400 for anything else. */
export function readFrame({ data, isBinary }: RawFrame): TurnFrame {
  if (isBinary)
    throw invalidRequest('Binary frames are not supported; send JSON as text.', 'invalid_frame', null);
  const { type, generate, ...fields } = objectIn(data.toString('utf8'));
  if (type === undefined)
    throw invalidRequest("Missing required parameter: 'type'.", 'missing_required_parameter', 'type');
  const kind = kinds.get(type);
  if (kind === undefined) {
    const named = typeof type === 'string' ? type.slice(0, 64) : typeof type;
    throw invalidRequest(`Unsupported websocket request type: ${named}.`, 'invalid_value', 'type');
  }
  if (generate != null && typeof generate !== 'boolean') {
    throw invalidRequest("Invalid value for 'generate': it must be boolean.", 'invalid_type', 'generate');
  }
  if (fields.background === true) {
    const message = "'background' is not supported over WebSocket: use POST /v1/responses.";
    throw invalidRequest(message, 'unsupported_parameter', 'background');
  }
  return { kind, fields, generate: generate !== false };
}

function objectIn(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidRequest('The frame is not valid JSON.', 'invalid_json', null);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw invalidRequest('The frame must be a JSON object.', 'invalid_type', null);
}

/** The frame that a turn which failed ends with, or that a frame which asked for none is answered with. */
export function errorFrame({ statusCode, body, retryAfter }: OpenaiError): object {
  const headers = retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } };
  return { type: 'error', status: statusCode, error: body.error, ...headers };
}

/** The last word of a socket that has lived long enough; clients open a new one upon it. */
export const lifeIsOver = openaiError(
  400,
  'This connection has reached its age limit. Open a new one to go on.',
  'invalid_request_error',
  'websocket_connection_limit_reached',
);
