import { createHash } from 'node:crypto';
import type { ChatCompletion } from '../../kit/chat-schema.ts';
import { randomHex } from '../../kit/http/request-ids.ts';
import { invalidAnswer } from '../upstream/upstream-failure.ts';
import { type ChatUsage, messageEndOf, messageUsageOf } from './message-end.ts';
import type { Block, MessageAnswer, MessagesRequest } from './messages-schema.ts';

/** What of a request its answer depends on. */
export interface Asked {
  readonly model: string;
  readonly stopSequences: readonly string[];
  /** Who did not ask for thinking gets none; `omitted`: its blocks come without their text. */
  readonly thinking: 'none' | 'shown' | 'omitted';
  /** Estimate of the request's tokens, for what is told before the upstream has counted. */
  readonly inputTokens: number;
  /** Named where the upstream's answer cannot be used. */
  readonly upstream: string;
}

export function askedOf(request: MessagesRequest, inputTokens: number): Asked {
  const { model, stop_sequences: stops, thinking } = request;
  const wanted = thinking && thinking.type !== 'disabled';
  return {
    model,
    stopSequences: stops ?? [],
    thinking: wanted ? (thinking.display === 'omitted' ? 'omitted' : 'shown') : 'none',
    inputTokens,
    upstream: model,
  };
}

export const newMessageId = (): string => `msg_${randomHex(12)}`;
export const newToolUseId = (): string => `toolu_${randomHex(12)}`;

/**
 * The hash whose digest signs a thinking block: the same from every worker. Nobody checks it when it comes back, as a
 * conversation may have begun elsewhere.
 */
export const newThought = () => createHash('sha256');

/** What chat servers put into a message beyond the API. */
type SaidMessage = ChatCompletion['choices'][number]['message'] & {
  readonly refusal?: string | null;
  readonly reasoning?: string | null;
};

/**
 * A whole completion as a message. One that says nothing has one empty text, as clients read the first block.
 * Throws an OpenaiError 502 for calls whose arguments are no JSON object.
 */
export function messageOf(completion: ChatCompletion, asked: Asked): MessageAnswer {
  const [choice] = completion.choices;
  const message = (choice?.message ?? {}) as Partial<SaidMessage>;
  const finishReason = choice?.finish_reason as string | null | undefined;
  const content: Block[] = [];
  const thinking = message.reasoning_content ?? message.reasoning ?? '';
  if (asked.thinking !== 'none' && thinking !== '') {
    const shown = asked.thinking === 'shown' ? thinking : '';
    content.push({
      type: 'thinking',
      thinking: shown,
      signature: newThought().update(thinking).digest('base64'),
    });
  }
  const text = [message.content, message.refusal].filter(Boolean).join('');
  if (text !== '') content.push(textBlock(text));
  const calls = message.tool_calls ?? [];
  for (const { id, function: called } of calls) {
    const input = inputOf(called.arguments, finishReason === 'length');
    if (input === undefined) throw invalidAnswer(asked.upstream);
    content.push({ type: 'tool_use', id: id || newToolUseId(), name: called.name, input, caller });
  }
  if (content.length === 0) content.push(textBlock(''));
  const end = {
    finishReason,
    stopReason: (choice as { stop_reason?: unknown } | undefined)?.stop_reason,
    hasCalls: calls.length > 0,
    hasRefused: Boolean(message.refusal),
  };
  return {
    id: newMessageId(),
    type: 'message',
    role: 'assistant',
    model: asked.model,
    content,
    ...messageEndOf(end, asked.stopSequences),
    container: null,
    usage: messageUsageOf(completion.usage as ChatUsage | undefined, asked.inputTokens),
  };
}

/** Who calls a tool: the model itself, not code that it wrote. */
export const caller = { type: 'direct' } as const;

const textBlock = (text: string): Block => ({ type: 'text', text, citations: null });

/** The arguments of a call; what a token limit cut off is as good as none. Undefined for what is no JSON object. */
export function inputOf(args: string | undefined, isCut: boolean): object | undefined {
  if (args === undefined || args.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(args);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below: what is no object is of no use either.
  }
  return isCut ? {} : undefined;
}
