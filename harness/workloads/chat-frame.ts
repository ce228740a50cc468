import type { StreamSeen, Usage } from '../history/events.ts';
import type { Frame, StreamAnswer } from './workload.ts';

interface Chunk {
  readonly usage?: TokensSaid | null;
  readonly error?: { readonly message?: string } | string;
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
}

/** `usage` of the OpenAI API. */
export interface TokensSaid {
  readonly prompt_tokens?: unknown;
  readonly completion_tokens?: unknown;
}

/** An event of a chat completion stream: text, the terminal `[DONE]`, or an error. */
export function chatFrame(data: string): Frame | undefined {
  if (data === '[DONE]') return { done: true };
  let chunk: Chunk;
  try {
    chunk = JSON.parse(data) as Chunk;
  } catch {
    return { error: `not JSON: ${data.slice(0, 80)}` };
  }
  if (chunk.error)
    return { error: typeof chunk.error === 'string' ? chunk.error : (chunk.error.message ?? 'error') };
  const text = chunk.choices?.[0]?.delta?.content;
  return text ? { text } : undefined;
}

/**
 * The stream as checkers want it: a client takes it for complete when the terminal event came and no error did. How it ended
 * can be told of bodies whose framing announces the end; one that goes on until the connection closes may have been cut. A body
 * that is no event stream has no end to tell either: who asked for a stream was given something else.
 */
export function streamSeen(answer: StreamAnswer): StreamSeen {
  const { status, frames, headers, endedCleanly, abortedAt, timedOut } = answer;
  const complete = frames.some((frame) => 'done' in frame) && !frames.some((frame) => 'error' in frame);
  const isEventStream = String(headers['content-type']).startsWith('text/event-stream');
  const isFramed = headers['content-length'] !== undefined || isChunked(headers['transfer-encoding']);
  const isTold =
    (isEventStream || (status === 200 && frames.length === 0)) &&
    isFramed &&
    abortedAt === undefined &&
    !timedOut;
  return { frames, complete, ...(isTold ? { endedCleanly } : {}) };
}

const isChunked = (header: string | string[] | undefined): boolean =>
  String(header ?? '')
    .toLowerCase()
    .includes('chunked');

/** Tokens that an answer, or the last chunk of a stream that tells them, says it took. */
export function usageIn(said: TokensSaid | null | undefined): { usage?: Usage } {
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = said ?? {};
  return typeof promptTokens === 'number' && typeof completionTokens === 'number'
    ? { usage: { promptTokens, completionTokens } }
    : {};
}

/** The same of the body of a stream. */
export function usageOf({ text }: StreamAnswer): { usage?: Usage } {
  const told = text
    .split('\n')
    .findLast((line) => line.startsWith('data: {') && line.includes('"prompt_tokens"'));
  if (told === undefined) return {};
  try {
    return usageIn((JSON.parse(told.slice('data: '.length)) as Chunk).usage);
  } catch {
    return {};
  }
}

/** The text of all frames. */
export const textOf = ({ frames }: StreamAnswer): string =>
  frames.map((frame) => ('text' in frame ? frame.text : '')).join('');
