import type { AnswerEvent } from '../../baseline-kit/answer/answer-event.ts';
import { connectionFailed, refused, truncated, unusable } from '../../baseline-kit/upstream-error.ts';
import type { ChatCompletion } from '../../kit/chat-schema.ts';
import type { Llm, LlmRequest } from './llm.ts';

const longestAnswerBytes = 64 * 1024 * 1024;

/**
 * One completion asked for as a whole, for a client that reads no pieces: no stream is made and taken apart for it.
 * @throws UpstreamError when the upstream refuses, answers with something else, or breaks off
 */
export async function* wholeCompletion(
  llm: Llm,
  request: LlmRequest,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  const body = await llm.post({ ...request, stream: false }, signal);
  const text = await body.text(longestAnswerBytes).catch((cause) => {
    throw connectionFailed(cause);
  });
  const { choices, usage } = completionOf(text);
  const choice = choices?.[0];
  if (choice?.message === undefined || choice.message === null) throw unusable();
  const { content, reasoning_content: reasoning, tool_calls: calls } = choice.message;
  if (reasoning) yield { kind: 'reasoning', text: reasoning };
  if (content) yield { kind: 'content', text: content };
  if (calls !== undefined && calls !== null && calls.length > 0) {
    yield { kind: 'tool_calls', deltas: calls.map((call, index) => ({ ...call, index })) };
  }
  if (typeof choice.finish_reason !== 'string') throw truncated();
  yield { kind: 'end', finishReason: choice.finish_reason, usage: usage ?? undefined };
}

function completionOf(text: string): Partial<ChatCompletion> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unusable();
  }
  if (typeof value !== 'object' || value === null) throw unusable();
  if ('error' in value) throw refused(502, value.error);
  return value;
}
