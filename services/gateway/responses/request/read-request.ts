import type { Item, NewId } from '../events/response-event.ts';
import { check, invalidRequest } from './check.ts';
import { refuseDeepNesting } from './nesting.ts';
import { readItems } from './read-items.ts';
import { ResponseRequest, textFormats, tools } from './request-schema.ts';
import { withoutCredentials } from './tool-credentials.ts';

/** A request as it was sent, without its nulls and with its input as items. */
export interface ReadRequest {
  readonly fields: Fields;
  /** The client's own items, references included. */
  readonly input: readonly Item[];
  readonly conversationId: string | undefined;
  /** Store the response; the default. */
  readonly store: boolean;
  readonly background: boolean;
  /** A response without asking the model (`generate: false` over a WebSocket); its input may be empty. */
  readonly isWarmUp: boolean;
}

/** The fields of a request that are there. */
export type Fields = {
  readonly [K in keyof ResponseRequest]?: Exclude<ResponseRequest[K], null>;
} & { readonly model: string };

/** Fields of the API that the gateway can't honour: silence would be a wrong answer. */
const unsupported: readonly string[] = ['prompt', 'context_management', 'moderation', 'image'];

/** Reads the body of POST /v1/responses; throws 400 with the field's name. */
export function readRequest(body: unknown, newId: NewId, { isWarmUp = false } = {}): ReadRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalidRequest('The request body must be a JSON object.', 'invalid_type', null);
  }
  refuseDeepNesting(body);
  for (const name of unsupported) {
    if ((body as Record<string, unknown>)[name] != null) {
      throw invalidRequest(`'${name}' is not supported.`, 'unsupported_parameter', name);
    }
  }
  const given = Object.fromEntries(
    Object.entries(body).filter(([name, value]) => value !== null && !unsupported.includes(name)),
  );
  const checked = check(ResponseRequest, given, '') as Fields;
  checked.tools?.forEach((tool, index) => {
    checkKind(tools, tool, `tools[${index}]`);
  });
  const fields = checked.tools ? { ...checked, tools: withoutCredentials(checked.tools) } : checked;
  if (fields.text?.format) checkKind(textFormats, fields.text.format, 'text.format');
  const { conversation, store = true, background = false } = fields;
  const conversationId = typeof conversation === 'object' ? conversation?.id : conversation;
  refuseContradictions(fields, conversationId);
  const hasPast = fields.previous_response_id !== undefined || conversationId !== undefined;
  if (!hasPast && !isWarmUp && (fields.input === undefined || fields.input.length === 0)) {
    throw invalidRequest("Missing required parameter: 'input'.", 'missing_required_parameter', 'input');
  }
  const input = readItems(fields.input ?? [], newId);
  return { fields, input, conversationId, store, background, isWarmUp };
}

function checkKind(kinds: typeof tools, value: { readonly type: string }, path: string): void {
  const schema = Object.hasOwn(kinds, value.type) ? kinds[value.type] : undefined;
  if (schema === undefined) {
    const message = `Invalid value for '${path}.type': '${value.type.slice(0, 64)}' is not supported.`;
    throw invalidRequest(message, 'invalid_value', `${path}.type`);
  }
  check(schema, value, path);
}

function refuseContradictions(fields: Fields, conversationId: string | undefined): void {
  const { previous_response_id: previous, background, store } = fields;
  if (previous !== undefined && conversationId !== undefined) {
    const message = "'previous_response_id' and 'conversation' exclude each other.";
    throw invalidRequest(message, 'mutually_exclusive_parameters', 'previous_response_id');
  }
  if (background && store === false) {
    throw invalidRequest("A background response needs 'store'.", 'invalid_value', 'background');
  }
  if (conversationId !== undefined && store === false) {
    throw invalidRequest("A turn of a conversation needs 'store'.", 'invalid_value', 'store');
  }
}
