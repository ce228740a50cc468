import type { Item, NewId } from '../events/response-event.ts';
import { check, invalidRequest } from './check.ts';
import { contentParts, inputItems } from './request-schema.ts';

const idPrefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  function_call: 'fc',
  function_call_output: 'fco',
  reasoning: 'rs',
  file_search_call: 'fs',
  web_search_call: 'ws',
  mcp_call: 'mcp',
  mcp_list_tools: 'mcpl',
};

/**
 * The items of an input, checked, each with an id and messages with their content in parts. References stay as they are.
 * Throws 400 for what is not known.
 */
export function readItems(input: string | readonly unknown[], newId: NewId, path = 'input'): readonly Item[] {
  if (typeof input === 'string') return [messageOf({ role: 'user', content: input }, newId, path)];
  return input.map((item, index) => readItem(item, newId, `${path}[${index}]`));
}

function readItem(value: unknown, newId: NewId, path: string): Item {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidRequest(`Invalid type for '${path}': expected an object.`, 'invalid_type', path);
  }
  const item = value as Record<string, unknown>;
  const isReference = typeof item.id === 'string' && item.role === undefined && item.content === undefined;
  const type = item.type ?? (item.role === undefined && isReference ? 'item_reference' : 'message');
  const schema = typeof type === 'string' && Object.hasOwn(inputItems, type) ? inputItems[type] : undefined;
  if (schema === undefined) {
    const message = `Invalid value for '${path}.type': items of type '${String(type).slice(0, 64)}' are not supported.`;
    throw invalidRequest(message, 'invalid_value', `${path}.type`);
  }
  check(schema, item, path);
  if (type === 'message') return messageOf(item, newId, path);
  if (type === 'item_reference') return { type, id: String(item.id) };
  if (type === 'function_call_output' && Array.isArray(item.output)) {
    readParts(item.output, `${path}.output`);
  }
  return { status: 'completed', ...item, type: String(type), id: idOf(item, String(type), newId) };
}

function messageOf(item: Readonly<Record<string, unknown>>, newId: NewId, path: string): Item {
  const { role, content } = item;
  const own = role === 'assistant' ? { type: 'output_text', annotations: [] } : { type: 'input_text' };
  const parts =
    typeof content === 'string'
      ? [{ ...own, text: content }]
      : readParts(content as readonly unknown[], `${path}.content`);
  return { status: 'completed', ...item, id: idOf(item, 'message', newId), type: 'message', content: parts };
}

function readParts(parts: readonly unknown[], path: string): readonly object[] {
  return parts.map((part, index) => {
    const at = `${path}[${index}]`;
    const type = (part as { readonly type?: unknown } | null)?.type;
    const schema =
      typeof type === 'string' && Object.hasOwn(contentParts, type) ? contentParts[type] : undefined;
    if (schema === undefined) {
      const message = `Invalid value for '${at}.type': parts of type '${String(type).slice(0, 64)}' are not supported.`;
      throw invalidRequest(message, 'invalid_value', `${at}.type`);
    }
    return check(schema, part, at) as object;
  });
}

const idOf = ({ id }: Readonly<Record<string, unknown>>, type: string, newId: NewId): string =>
  typeof id === 'string' ? id : newId(idPrefixes[type] ?? 'item');
