import { ApiError } from './api-error.ts';

const maxChoices = 16;

export type ToolCall = {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
};

export type ContentPart = {
  readonly type: string;
  readonly text?: string;
  readonly image_url?: { readonly url?: string };
  readonly file?: { readonly filename?: string; readonly name?: string; readonly file_data?: string };
};

export type Message = {
  readonly role: string;
  readonly content?: string | readonly ContentPart[] | null;
  readonly name?: string;
  /** What the model thought before, as far as it is told again. */
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_call_id?: string;
};

export type ToolDefinition = {
  readonly type: string;
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters?: Readonly<Record<string, unknown>>;
  };
};

export type ChatRequest = {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly maxTokens?: number;
  readonly stop: readonly string[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice?: unknown;
  /** How many answers are asked for. */
  readonly choices: number;
  /** How many alternatives each token is told with; `undefined` when no log probabilities are asked for. */
  readonly alternatives?: number;
  readonly responseFormat?: ResponseFormat;
  /** JSON text of every object or list of the body but `messages`, bounded. */
  readonly structures: Readonly<Record<string, string>>;
  /** Every other number, text or flag of the body, such as `temperature`. */
  readonly parameters: Parameters;
};

export type ResponseFormat = {
  readonly type?: string;
  readonly json_schema?: { readonly schema?: Readonly<Record<string, unknown>> };
};

export type Parameters = Readonly<Record<string, string | number | boolean>>;

/**
 * Reads a body of `POST /v1/chat/completions` and drops what the stub does not look at.
 * Throws {@link ApiError} 400 with the parameter's name, as the OpenAI API does.
 */
export function readChatRequest(body: unknown): ChatRequest {
  const fields = asRecord(body);
  const { model, messages, stream, stream_options, stop, tools, tool_choice, response_format, ...rest } =
    fields;
  if (typeof model !== 'string' || model === '') throw invalid('model', 'you must provide a model parameter');
  if (!Array.isArray(messages) || messages.length === 0) {
    throw invalid('messages', "'messages' must be a non-empty array");
  }
  const misfit = messages.findIndex((message) => typeof message?.role !== 'string');
  if (misfit >= 0) throw invalid(`messages[${misfit}]`, "each message needs a 'role'");
  const choices = rest.n ?? 1;
  if (!isWhole(choices, 1, maxChoices)) throw invalid('n', `n must be from 1 to ${maxChoices}`);
  const alternatives = rest.top_logprobs ?? 0;
  if (!isWhole(alternatives, 0, 20)) throw invalid('top_logprobs', 'top_logprobs must be from 0 to 20');
  const limit = rest.max_completion_tokens ?? rest.max_tokens ?? undefined;
  if (limit !== undefined && !(Number.isInteger(limit) && Number(limit) > 0)) {
    throw invalid('max_tokens', 'max_tokens must be a positive integer');
  }
  return {
    model,
    messages,
    stream: stream === true,
    includeUsage: asRecord(stream_options).include_usage === true,
    ...(limit === undefined ? {} : { maxTokens: Number(limit) }),
    stop: typeof stop === 'string' ? [stop] : Array.isArray(stop) ? stop.filter(isNonEmptyText) : [],
    tools: Array.isArray(tools) ? tools.filter((tool) => typeof tool?.function?.name === 'string') : [],
    ...(tool_choice === undefined ? {} : { toolChoice: tool_choice }),
    choices,
    ...(rest.logprobs === true ? { alternatives } : {}),
    ...(response_format ? { responseFormat: asRecord(response_format) } : {}),
    structures: structuresOf(fields),
    parameters: scalarsOf(rest),
  };
}

/** The data and links of all images in the messages, in order. */
export function imageUrlsOf(messages: readonly Message[]): readonly string[] {
  return messages.flatMap(({ content }) =>
    Array.isArray(content) ? content.flatMap((part) => part.image_url?.url ?? []) : [],
  );
}

/** Name and data of all file parts in the messages, in order. */
export function filesOf(
  messages: readonly Message[],
): readonly { readonly name: string; readonly data: string }[] {
  return messages.flatMap(({ content }) =>
    Array.isArray(content)
      ? content.flatMap(({ file }) =>
          file ? [{ name: file.filename ?? file.name ?? '', data: file.file_data ?? '' }] : [],
        )
      : [],
  );
}

/** All text of a message; parts are joined by line feeds. */
export function textOf(message: Message | undefined): string {
  const content = message?.content;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => part.text ?? '').join('\n');
}

/** Position of the last user message, -1 without one. */
export function lastUserIndex(messages: readonly Message[]): number {
  return messages.findLastIndex((message) => message.role === 'user');
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function scalarsOf(body: Readonly<Record<string, unknown>>): Parameters {
  const entries = Object.entries(body).flatMap(([name, value]) => {
    if (typeof value === 'string') return [[name, value.slice(0, 200)]];
    return typeof value === 'number' || typeof value === 'boolean' ? [[name, value]] : [];
  });
  return Object.fromEntries(entries);
}

function structuresOf({ messages: _, ...body }: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(body).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null ? [[name, JSON.stringify(value).slice(0, 2_000)]] : [],
  );
  return Object.fromEntries(entries);
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

function isNonEmptyText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function invalid(param: string, message: string): ApiError {
  return new ApiError(400, message, { param });
}
