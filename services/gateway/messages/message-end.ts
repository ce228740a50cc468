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
}

/** Why a message ended. A limit wins, and a message with calls ends for them whatever the model says. */
export function messageEndOf(
  { finishReason, stopReason, hasCalls, hasRefused }: ChatEnd,
  stopSequences: readonly string[],
): MessageEnd {
  if (finishReason === 'length') return { stop_reason: 'max_tokens', stop_sequence: null };
  if (hasCalls) return { stop_reason: 'tool_use', stop_sequence: null };
  if (hasRefused || finishReason === 'content_filter') return { stop_reason: 'refusal', stop_sequence: null };
  if (typeof stopReason === 'string' && stopSequences.includes(stopReason)) {
    return { stop_reason: 'stop_sequence', stop_sequence: stopReason };
  }
  return { stop_reason: 'end_turn', stop_sequence: null };
}

/** Usage of the Chat Completions API, with what some servers add. */
export interface ChatUsage extends Partial<Usage> {
  readonly prompt_tokens_details?: { readonly cached_tokens?: number | null } | null;
  readonly cache_creation_input_tokens?: number | null;
}

/**
 * Tokens as the Messages API counts them: `input_tokens` is what was neither read from a cache nor written to one.
 * @param estimate of the input, for an upstream that does not say
 */
export function messageUsageOf(usage: ChatUsage | null | undefined, estimate: number): MessageUsage {
  const read = count(usage?.prompt_tokens_details?.cached_tokens);
  const written = count(usage?.cache_creation_input_tokens);
  const prompt = typeof usage?.prompt_tokens === 'number' ? count(usage.prompt_tokens) : estimate;
  return {
    input_tokens: Math.max(0, prompt - read - written),
    output_tokens: count(usage?.completion_tokens),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
  };
}

const count = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.trunc(value) : 0;
