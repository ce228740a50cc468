import type { ModelCall } from '../../model/model-call.ts';
import type { Fields } from '../request/read-request.ts';
import type { ChatMessage } from './chat-messages.ts';

/** A function that the model may call. */
export interface ChatTool {
  readonly type: 'function';
  readonly function: Readonly<Record<string, unknown> & { name: string }>;
  /** The MCP server that it is a tool of; not sent. */
  readonly server?: string;
}

/** The tools of the client that are functions, in the shape of the Chat Completions API. */
export function functionsOf(tools: Fields['tools']): readonly ChatTool[] {
  return (tools ?? []).flatMap((tool) => {
    if (tool.type !== 'function') return [];
    const { name, description, parameters, strict } = tool as Record<string, unknown>;
    return [
      { type: 'function', function: dropNulls({ name: String(name), description, parameters, strict }) },
    ];
  });
}

/**
 * The fields of a chat request for those of a response. `metadata`, `truncation` and the cache's fields stay with the
 * gateway: chat upstreams refuse or ignore them.
 */
export function chatRequestOf(
  fields: Fields,
  messages: readonly ChatMessage[],
  tools: readonly ChatTool[],
): ModelCall['request'] {
  const { service_tier: tier } = fields;
  const allowed = allowedTools(fields.tool_choice, tools);
  return dropNulls({
    messages,
    temperature: fields.temperature,
    top_p: fields.top_p,
    presence_penalty: fields.presence_penalty,
    frequency_penalty: fields.frequency_penalty,
    max_completion_tokens: fields.max_output_tokens,
    reasoning_effort: fields.reasoning?.effort,
    verbosity: fields.text?.verbosity,
    response_format: responseFormat(fields.text?.format),
    tools: allowed.tools.length > 0 ? allowed.tools.map(({ server: _, ...tool }) => tool) : undefined,
    tool_choice: allowed.tools.length > 0 ? allowed.choice : undefined,
    parallel_tool_calls: allowed.tools.length > 0 ? fields.parallel_tool_calls : undefined,
    logprobs: wantsLogprobs(fields) || undefined,
    top_logprobs: wantsLogprobs(fields) ? (fields.top_logprobs ?? 0) : undefined,
    service_tier: tier === 'auto' ? undefined : tier,
    user: fields.user,
  }) as unknown as ModelCall['request'];
}

const wantsLogprobs = ({ include, top_logprobs }: Fields): boolean =>
  include?.includes('message.output_text.logprobs') === true || (top_logprobs ?? 0) > 0;

function responseFormat(format: Readonly<Record<string, unknown> & { type: string }> | null | undefined) {
  if (format?.type === 'json_object') return { type: 'json_object' };
  if (format?.type !== 'json_schema') return undefined;
  const { name, schema, description, strict } = format;
  return { type: 'json_schema', json_schema: dropNulls({ name, schema, description, strict }) };
}

/** Tools of the gateway's own are chosen by their type, the client's by name. */
function allowedTools(choice: Fields['tool_choice'], tools: readonly ChatTool[]) {
  if (choice === undefined || choice === null || typeof choice === 'string') return { tools, choice };
  const { type, mode, tools: listed } = choice as Readonly<Record<string, unknown>>;
  if (type === 'allowed_tools' && Array.isArray(listed)) {
    const names = listed.map(chosenName);
    const left = tools.filter((tool) => names.some((name) => isChosen(tool, name)));
    return { tools: left, choice: mode === 'required' ? 'required' : 'auto' };
  }
  const name = chosenName(choice);
  const chosen = tools.find((tool) => isChosen(tool, name));
  return { tools, choice: chosen ? { type: 'function', function: { name: chosen.function.name } } : 'auto' };
}

/** A preview or dated name of web search means web search. */
function chosenName(choice: Readonly<Record<string, unknown>>): string {
  const { type, name, server_label: label } = choice;
  if (type === 'mcp') return typeof name === 'string' ? name : `mcp:${String(label)}`;
  return String(type === 'function' ? name : type).replace(/^web_search.*/, 'web_search');
}

const isChosen = (tool: ChatTool, name: string): boolean =>
  tool.function.name === name || name === `mcp:${tool.server}`;

function dropNulls<T extends Readonly<Record<string, unknown>>>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== undefined && one !== null),
  ) as T;
}
