import type { StreamSeen } from '../history/events.ts';
import type { Frame, StreamAnswer } from './workload.ts';

interface Chunk {
  readonly error?: { readonly message?: string } | string;
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
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

/** The stream as checkers want it: a client takes it for complete when the terminal event came and no error did. */
export function streamSeen({ frames }: StreamAnswer): StreamSeen {
  const complete = frames.some((frame) => 'done' in frame) && !frames.some((frame) => 'error' in frame);
  return { frames, complete };
}

/** The text of all frames. */
export const textOf = ({ frames }: StreamAnswer): string =>
  frames.map((frame) => ('text' in frame ? frame.text : '')).join('');
