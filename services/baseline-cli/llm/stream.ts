import { createParser } from 'eventsource-parser';
import type { AnswerEvent } from '../../baseline-kit/answer/answer-event.ts';
import {
  connectionFailed,
  refused,
  truncated,
  type UpstreamError,
  unusable,
} from '../../baseline-kit/upstream-error.ts';
import type { ChatCompletionChunk, Usage } from '../../kit/chat-schema.ts';
import type { Llm, LlmRequest } from './llm.ts';

/**
 * One streamed completion. Its `end` comes after the upstream's `[DONE]` and finish reason only.
 * @throws UpstreamError when the upstream refuses, reports an error on the way, or stops too early
 */
export async function* streamCompletion(
  llm: Llm,
  request: LlmRequest,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  const options = { stream: true, stream_options: { include_usage: true } };
  const body = await llm.post({ ...request, ...options }, signal);
  const reader = new ChunkReader();
  const decoder = new TextDecoder();
  try {
    for await (const bytes of body) {
      yield* reader.read(decoder.decode(bytes, { stream: true }));
      if (reader.done) break;
    }
  } catch (cause) {
    body.destroy();
    throw connectionFailed(cause);
  }
  if (reader.done) body.letEnd();
  yield reader.end();
}

/** Turns the text of an event stream into pieces of an answer, keeping what belongs to the end. */
class ChunkReader {
  done = false;
  private finishReason: string | undefined;
  private usage: Usage | undefined;
  private failure: UpstreamError | undefined;
  private pieces: AnswerEvent[] = [];
  private readonly parser = createParser({ onEvent: ({ data }) => this.take(data) });

  /** What the text holds, up to the failure it may report. */
  *read(text: string): Generator<AnswerEvent> {
    this.pieces = [];
    this.parser.feed(text);
    yield* this.pieces;
    if (this.failure !== undefined) throw this.failure;
  }

  end(): AnswerEvent {
    if (!this.done || this.finishReason === undefined) throw truncated();
    return { kind: 'end', finishReason: this.finishReason, usage: this.usage };
  }

  private take(data: string): void {
    if (this.done || this.failure !== undefined) return;
    if (data === '[DONE]') {
      this.done = true;
      return;
    }
    const chunk = parsed(data);
    if (chunk === undefined || 'error' in chunk) {
      this.failure = chunk === undefined ? unusable() : refused(502, chunk.error);
      return;
    }
    const choice = chunk.choices?.[0];
    const { content, reasoning_content: reasoning, tool_calls: deltas } = choice?.delta ?? {};
    if (reasoning) this.pieces.push({ kind: 'reasoning', text: reasoning });
    if (content) this.pieces.push({ kind: 'content', text: content });
    if (deltas !== undefined && deltas !== null && deltas.length > 0)
      this.pieces.push({ kind: 'tool_calls', deltas });
    this.finishReason ??= choice?.finish_reason ?? undefined;
    this.usage = chunk.usage ?? this.usage;
  }
}

function parsed(data: string): (Partial<ChatCompletionChunk> & { readonly error?: unknown }) | undefined {
  try {
    const chunk: unknown = JSON.parse(data);
    return typeof chunk === 'object' && chunk !== null ? chunk : undefined;
  } catch {
    return undefined;
  }
}
