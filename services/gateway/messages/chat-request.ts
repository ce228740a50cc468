import type { ModelCall } from '../model/model-call.ts';
import { invalidRequest } from './anthropic-error.ts';
import { unsupported } from './content-block.ts';
import { chatMessagesOf } from './conversation.ts';
import type { CountTokensRequest, MessagesRequest, ToolChoice, ToolParam } from './messages-schema.ts';

export type ChatRequest = ModelCall['request'];

/** Upper ends of thinking budgets, in tokens, and the effort that a chat model is asked for instead. */
const efforts = [
  [1_024, 'low'],
  [8_192, 'medium'],
  [24_576, 'high'],
] as const;

/**
 * The chat request that asks for the same. Everything that cannot be asked so is found here, before anything is sent
 * or a stream begun.
 * @throws OpenaiError 400 that names the field
 */
export function chatRequestOf(request: MessagesRequest | CountTokensRequest): ChatRequest {
  const { system, messages, tools = [] } = request;
  const chosen = 'max_tokens' in request ? choicesOf(request) : {};
  return {
    messages: [...systemOf(system), ...chatMessagesOf(messages)],
    ...toolsOf(tools, request.tool_choice ?? undefined),
    ...thinkingOf(request),
    ...formatOf(request),
    ...chosen,
  } as unknown as ChatRequest;
}

function systemOf(system: MessagesRequest['system']) {
  const texts = typeof system === 'string' ? [system] : (system ?? []).map(({ text }) => text);
  const text = texts.filter((each) => each !== '').join('\n\n');
  return text === '' ? [] : [{ role: 'system', content: text }];
}

function toolsOf(tools: readonly ToolParam[], choice: ToolChoice | undefined) {
  if (tools.length === 0) {
    if (choice && choice.type !== 'none') {
      throw invalidRequest('tool_choice: may only be specified while providing tools.');
    }
    return {};
  }
  const names = tools.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalidRequest(`tools: Tool names must be unique: '${twice}'.`);
  return { tools: tools.map(toolOf), ...(choice ? choiceOf(choice, names) : {}) };
}

function toolOf({ type, name, description, input_schema: schema, strict }: ToolParam, index: number) {
  if (type !== undefined && type !== null && type !== 'custom') {
    throw unsupported(`tools.${index}: a tool of type '${type}' is not offered here.`);
  }
  const parameters = schema ?? { type: 'object', properties: {} };
  return {
    type: 'function',
    function: {
      name,
      parameters,
      ...(description === undefined ? {} : { description }),
      ...(typeof strict === 'boolean' ? { strict } : {}),
    },
  };
}

function choiceOf({ type, name, disable_parallel_tool_use: single }: ToolChoice, names: readonly string[]) {
  const parallel = single === true ? { parallel_tool_calls: false } : {};
  if (type !== 'tool') return { tool_choice: type === 'any' ? 'required' : type, ...parallel };
  if (name === undefined || !names.includes(name)) {
    throw invalidRequest(`tool_choice.name: Tool '${name ?? ''}' not found in provided tools.`);
  }
  return { tool_choice: { type: 'function', function: { name } }, ...parallel };
}

/** An effort that is asked for by name wins over a budget. Without either the model decides. */
function thinkingOf(request: MessagesRequest | CountTokensRequest) {
  const { thinking, output_config: config } = request;
  const budget = thinking?.budget_tokens ?? undefined;
  if (thinking?.type === 'enabled') {
    if (budget === undefined) throw invalidRequest('thinking.budget_tokens: Field required.');
    if ('max_tokens' in request && budget >= request.max_tokens) {
      throw invalidRequest('max_tokens: must be greater than thinking.budget_tokens.');
    }
  }
  const named = config?.effort ?? undefined;
  if (named !== undefined) return { reasoning_effort: named === 'max' ? 'xhigh' : named };
  if (thinking?.type !== 'enabled' || budget === undefined) return {};
  return { reasoning_effort: efforts.find(([most]) => budget <= most)?.[1] ?? 'xhigh' };
}

function formatOf({ output_config: config }: MessagesRequest | CountTokensRequest) {
  const schema = config?.format?.schema;
  if (schema === undefined) return {};
  return { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } } };
}

/** `top_k` and `service_tier` have no counterpart. */
function choicesOf({ max_tokens, temperature, top_p, stop_sequences, metadata }: MessagesRequest) {
  const stop = stop_sequences ?? [];
  if (stop.some((sequence) => sequence.trim() === '')) {
    throw invalidRequest('stop_sequences: each stop sequence must contain non-whitespace.');
  }
  return {
    max_tokens,
    ...(typeof temperature === 'number' ? { temperature } : {}),
    ...(typeof top_p === 'number' ? { top_p } : {}),
    ...(stop.length > 0 ? { stop } : {}),
    ...(typeof metadata?.user_id === 'string' ? { user: metadata.user_id } : {}),
  };
}
