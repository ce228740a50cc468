import type { Item } from '../events/response-event.ts';
import { invalidRequest } from '../request/check.ts';

/** A message of the Chat Completions API. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | readonly object[] | null;
  readonly tool_calls?: readonly object[];
  readonly tool_call_id?: string;
  readonly reasoning_content?: string;
}

type Part = Readonly<Record<string, unknown>>;

/**
 * Items as the messages of a chat. Calls that follow each other form one assistant message, together with the text before
 * them; each is answered right after it, wherever its output stood. Reasoning goes with the assistant message that it led
 * to. Throws 400 for an output without its call and for a call without its output: upstreams refuse both.
 */
export function messagesOf(instructions: string | undefined, items: readonly Item[]): readonly ChatMessage[] {
  const outputs = outputsOf(items);
  const messages: ChatMessage[] = instructions ? [{ role: 'system', content: instructions }] : [];
  let text: string | null = null;
  let reasoning = '';
  let calls: Item[] = [];

  const flush = () => {
    if (text !== null || calls.length > 0) {
      messages.push({
        role: 'assistant',
        content: text,
        ...(reasoning ? { reasoning_content: reasoning } : {}),
        ...(calls.length > 0 ? { tool_calls: calls.map(toolCallOf) } : {}),
      });
      for (const call of calls) messages.push(answerOf(call, outputs));
      reasoning = '';
    }
    text = null;
    calls = [];
  };

  for (const item of items) {
    if (item.type === 'message') {
      flush();
      if (item.role === 'assistant') text = textOf(item.content as readonly Part[]);
      else messages.push({ role: roleOf(item.role), content: contentOf(item.content as readonly Part[]) });
    } else if (item.type === 'function_call' || hasOutput(item)) {
      calls.push(item);
    } else if (item.type === 'reasoning') {
      flush();
      reasoning += textOf((item.content ?? item.summary ?? []) as readonly Part[]);
    }
    // Other items tell what a tool did without its result: the answer that followed holds what came of it.
  }
  flush();
  return messages;
}

/** Developer messages became system messages later: every upstream knows the older name. */
const roleOf = (role: unknown): 'system' | 'user' => (role === 'user' ? 'user' : 'system');

/** The output of each call. Some upstreams use an id again in a later turn: an output is for the last call before it. */
function outputsOf(items: readonly Item[]): ReadonlyMap<Item, Item> {
  const calls = new Map<string, Item>();
  const outputs = new Map<Item, Item>();
  for (const item of items) {
    const callId = String(item.call_id);
    if (item.type === 'function_call') calls.set(callId, item);
    if (item.type !== 'function_call_output') continue;
    const call = calls.get(callId);
    if (call === undefined) {
      const message = `No tool call found for function call output with call_id ${callId}.`;
      throw invalidRequest(message, 'invalid_value', 'input');
    }
    outputs.set(call, item);
  }
  return outputs;
}

/** Calls that the gateway answered, when the item holds the answer. */
const hasOutput = ({ type, output, results, error }: Item): boolean =>
  (type === 'mcp_call' && (typeof output === 'string' || error != null)) ||
  (type === 'file_search_call' && Array.isArray(results));

function toolCallOf(item: Item): object {
  const call = { id: callIdOf(item), type: 'function' };
  if (item.type === 'file_search_call') {
    const [query = ''] = item.queries as readonly string[];
    return { ...call, function: { name: 'file_search', arguments: JSON.stringify({ query }) } };
  }
  return { ...call, function: { name: item.name, arguments: item.arguments } };
}

function answerOf(call: Item, outputs: ReadonlyMap<Item, Item>): ChatMessage {
  const id = callIdOf(call);
  if (call.type === 'mcp_call') {
    const content = typeof call.output === 'string' ? call.output : `Error: ${JSON.stringify(call.error)}`;
    return { role: 'tool', tool_call_id: id, content };
  }
  if (call.type === 'file_search_call') {
    return { role: 'tool', tool_call_id: id, content: JSON.stringify(call.results) };
  }
  const output = outputs.get(call)?.output;
  if (output === undefined) {
    throw invalidRequest(`No tool output found for function call ${id}.`, 'invalid_value', 'input');
  }
  const content = typeof output === 'string' ? output : contentOf(output as readonly Part[]);
  return { role: 'tool', tool_call_id: id, content };
}

const callIdOf = ({ call_id, id }: Item): string => String(call_id ?? id);

/** Text alone stays a string, which every upstream understands. */
function contentOf(parts: readonly Part[]): string | readonly object[] {
  if (parts.every(({ text }) => typeof text === 'string')) return textOf(parts);
  return parts.map((part) => {
    if (part.type === 'input_image') return imageOf(part);
    if (part.type === 'input_file') return fileOf(part);
    return { type: 'text', text: String(part.text ?? part.refusal ?? '') };
  });
}

const textOf = (parts: readonly Part[]): string =>
  parts.map(({ text, refusal }) => String(text ?? refusal ?? '')).join('\n');

function imageOf({ image_url: url, detail }: Part): object {
  if (typeof url !== 'string') {
    throw invalidRequest("An input_image needs 'image_url'.", 'invalid_value', 'input');
  }
  return { type: 'image_url', image_url: { url, ...(typeof detail === 'string' ? { detail } : {}) } };
}

/** The gateway fetches no address that a client names. */
function fileOf({ file_data: data, filename }: Part): object {
  if (typeof data !== 'string') {
    throw invalidRequest("An input_file needs 'file_data' or 'file_id'.", 'invalid_value', 'input');
  }
  return {
    type: 'file',
    file: { filename: typeof filename === 'string' ? filename : 'file', file_data: data },
  };
}
