import type { ChatCompletion, ChatCompletionChunk, Usage } from '../../../kit/chat-schema.ts';
import type { Annotation, ResponseUsage } from './response-event.ts';

interface CallFragment {
  readonly index?: number;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: string | null };
}

/** What upstreams say in a delta or a message, the fields included that not all of them know. */
export interface ChatDelta {
  readonly content?: unknown;
  readonly refusal?: unknown;
  readonly reasoning_content?: unknown;
  readonly reasoning?: unknown;
  readonly annotations?: unknown;
  readonly tool_calls?: readonly CallFragment[] | null;
}

export interface ChatChoice {
  readonly index?: number;
  readonly delta?: ChatDelta | null;
  readonly finish_reason?: string | null;
  readonly logprobs?: { readonly content?: readonly LogprobOfChat[] | null } | null;
}

interface LogprobOfChat {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: readonly number[] | null;
  readonly top_logprobs?: readonly LogprobOfChat[] | null;
}

export interface ChatPiece {
  readonly choices: readonly ChatChoice[];
  readonly usage?: Usage | null | undefined;
}

/** A whole completion as the one piece of a stream. */
export function pieceOf({ choices, usage }: ChatCompletion): ChatPiece {
  const [first] = choices as readonly (ChatChoice & { readonly message?: ChatDelta })[];
  const message = first?.message;
  const calls = message?.tool_calls?.map((call, index) => ({ ...call, index }));
  const delta = { ...message, ...(calls ? { tool_calls: calls } : {}) };
  return {
    choices: [
      { index: 0, delta, finish_reason: first?.finish_reason ?? null, logprobs: first?.logprobs ?? null },
    ],
    usage,
  };
}

/** Deltas of the first choice: a response has one output. */
export const choiceOf = (piece: ChatPiece | ChatCompletionChunk): ChatChoice | undefined =>
  (piece.choices as readonly ChatChoice[]).find(({ index = 0 }) => index === 0);

/** The text of a field that may be absent, null, or of another type where upstreams disagree. */
export const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Citations in the shape of the Responses API, which is flat; what is neither shape is passed over. */
export function annotationsOf(value: unknown): readonly Annotation[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: Record<string, unknown> | null) => {
    const type = one?.type;
    if (typeof type !== 'string') return [];
    const nested = one?.[type];
    return [typeof nested === 'object' && nested !== null ? { type, ...nested } : { ...one, type }];
  });
}

export function logprobsOf(choice: ChatChoice): readonly object[] {
  const flat = ({ token, logprob, bytes }: LogprobOfChat) => ({
    token,
    logprob,
    bytes: bytes ?? [...Buffer.from(token)],
  });
  return (choice.logprobs?.content ?? []).map((one) => ({
    ...flat(one),
    top_logprobs: (one.top_logprobs ?? []).map(flat),
  }));
}

/** The sum of what the rounds of one response used; absent when no upstream told. */
export function addUsage(sum: ResponseUsage | null, usage: Usage | null | undefined): ResponseUsage | null {
  if (!usage) return sum;
  const told = usage as Usage & {
    readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
    readonly completion_tokens_details?: { readonly reasoning_tokens?: number } | null;
  };
  const cached = told.prompt_tokens_details?.cached_tokens ?? 0;
  const reasoning = told.completion_tokens_details?.reasoning_tokens ?? 0;
  return {
    input_tokens: (sum?.input_tokens ?? 0) + told.prompt_tokens,
    input_tokens_details: { cached_tokens: (sum?.input_tokens_details.cached_tokens ?? 0) + cached },
    output_tokens: (sum?.output_tokens ?? 0) + told.completion_tokens,
    output_tokens_details: {
      reasoning_tokens: (sum?.output_tokens_details.reasoning_tokens ?? 0) + reasoning,
    },
    total_tokens: (sum?.total_tokens ?? 0) + told.prompt_tokens + told.completion_tokens,
  };
}
