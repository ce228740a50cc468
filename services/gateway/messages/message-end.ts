import type { Usage } from '../../kit/chat-schema.ts';
import type { MessageAnswer, MessageUsage } from './messages-schema.ts';

/** How a chat completion ended, as far as its choice tells. */
export interface ChatEnd {
  readonly finishReason: string | null | undefined;
  /** Some servers (vLLM) name the sequence that ended the text; OpenAI's does not tell it from an end of its own. */
  readonly stopReason?: unknown;
  readonly hasCalls: boolean;
  readonly hasRefused: boolean;
}

export interface MessageEnd {
  readonly stop_reason: MessageAnswer['stop_reason'];
  readonly stop_sequence: string | null;
  readonly stop_details: MessageAnswer['stop_details'];
}

/** Why a message ended. A limit wins, and a message with calls ends for them whatever the model says. */
export function messageEndOf(
  { finishReason, stopReason, hasCalls, hasRefused }: ChatEnd,
  stopSequences: readonly string[],
): MessageEnd {
  const plain = { stop_sequence: null, stop_details: null };
  if (finishReason === 'length') return { ...plain, stop_reason: 'max_tokens' };
  if (hasCalls) return { ...plain, stop_reason: 'tool_use' };
  if (hasRefused || finishReason === 'content_filter') {
    const stop_details = { type: 'refusal', category: null, explanation: null } as const;
    return { ...plain, stop_reason: 'refusal', stop_details };
  }
  if (typeof stopReason === 'string' && stopSequences.includes(stopReason)) {
    return { ...plain, stop_reason: 'stop_sequence', stop_sequence: stopReason };
  }
  return { ...plain, stop_reason: 'end_turn' };
}

/** Usage of the Chat Completions API, with what some servers add. */
export interface ChatUsage extends Partial<Usage> {
  readonly prompt_tokens_details?: { readonly cached_tokens?: number | null } | null;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number | null } | null;
  readonly cache_creation_input_tokens?: number | null;
}

/**
 * Tokens as the Messages API counts them: `input_tokens` is what was neither read from a cache nor written to one.
 * @param estimate of the input, for an upstream that does not say
 */
export function messageUsageOf(usage: ChatUsage | null | undefined, estimate: number): MessageUsage {
  const read = count(usage?.prompt_tokens_details?.cached_tokens);
  const written = count(usage?.cache_creation_input_tokens);
  const thought = usage?.completion_tokens_details?.reasoning_tokens;
  const prompt = typeof usage?.prompt_tokens === 'number' ? count(usage.prompt_tokens) : estimate;
  return {
    input_tokens: Math.max(0, prompt - read - written),
    output_tokens: count(usage?.completion_tokens),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    output_tokens_details: typeof thought === 'number' ? { thinking_tokens: count(thought) } : null,
  };
}

const count = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.trunc(value) : 0;
