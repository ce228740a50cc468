import { createParser } from 'eventsource-parser';
import type { ChatCompletionChunk } from '../../kit/chat-schema.ts';
import { type OpenaiError, openaiError } from '../../kit/openai-error.ts';
import { invalidAnswer } from '../upstream/upstream-failure.ts';

/** A frame longer than this is no chat chunk. */
const maxFrameBytes = 8 * 1024 * 1024;

/**
 * The chunks of a chat stream, as far as each has arrived. Ends well only after `[DONE]`; throws an OpenaiError for a
 * frame with an error (the upstream's own text), for one that is no chunk, and for a body that ends too early.
 * Errors of the connection pass as they are.
 */
export async function* chatChunks(
  body: AsyncIterable<Buffer>,
  who: string,
): AsyncGenerator<ChatCompletionChunk, void> {
  const decoder = new TextDecoder();
  let waiting: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => waiting.push(data), maxBufferSize: maxFrameBytes });
  for await (const piece of body) {
    parser.feed(decoder.decode(piece, { stream: true }));
    const frames = waiting;
    waiting = [];
    for (const data of frames) {
      if (data === '[DONE]') return;
      yield chunkOf(data, who);
    }
  }
  throw openaiError(502, `${who} broke the stream off.`, 'server_error', 'upstream_truncated');
}

function chunkOf(data: string, who: string): ChatCompletionChunk {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw invalidAnswer(who);
  }
  const frame = value as { readonly error?: unknown; readonly choices?: unknown } | null;
  if (frame?.error !== undefined) throw reported(frame.error, who);
  if (!Array.isArray(frame?.choices)) throw invalidAnswer(who);
  return frame as ChatCompletionChunk;
}

/** An error that an upstream reports inside a stream, as one of our own. */
function reported(error: unknown, who: string): OpenaiError {
  const { message, type, code } = (error ?? {}) as Record<string, unknown>;
  const text = typeof message === 'string' && message !== '' ? message : `${who} reported an error.`;
  return openaiError(
    502,
    text,
    typeof type === 'string' ? type : 'server_error',
    typeof code === 'string' ? code : 'upstream_error',
  );
}
