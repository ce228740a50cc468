import type { ChatChunk, SeenStream } from './event-stream.ts';

/** Milliseconds from the request to the first chunk that carries text; throws when none does. */
export function firstTokenMs(stream: SeenStream): number {
  const at = stream.data.findIndex(carriesText);
  const atMs = stream.dataTimesMs[at];
  if (atMs === undefined) throw new Error(`no token came; the stream was: ${stream.body.slice(0, 500)}`);
  return atMs;
}

/** The longest silence, in milliseconds, before the first and between any two events or comments. */
export function largestGapMs(stream: SeenStream): number {
  if (stream.timesMs.length === 0) throw new Error('nothing came, not even a comment');
  return Math.max(...stream.timesMs.map((atMs, index) => atMs - (stream.timesMs[index - 1] ?? 0)));
}

function carriesText(data: string): boolean {
  if (data === '[DONE]') return false;
  return Boolean((JSON.parse(data) as ChatChunk).choices?.[0]?.delta?.content);
}
