import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Placeholders } from '../asking/placeholders.ts';
import type { HttpAnswer } from '../files/recording.ts';
import type { Speed } from '../settings.ts';
import { breakOff } from './break-off.ts';
import { bytesOfPiece } from './piece.ts';

export interface PlayOptions {
  readonly placeholders: Placeholders;
  readonly speed: Speed;
  /** How long a recording that its client had left waits at its end for this one to leave. */
  readonly leaveMs: number;
  /** Goes along with the answer, as evidence that it is a recording. */
  readonly file: string;
}

/** The field that names the recording in a replayed answer. */
const recordingField = 'x-gauntlet-recording';

/** Made once: an abort without a reason makes a DOMException with its stack for each answer. */
const hungUp = new Error('The client has gone.');

/**
 * Answers as was recorded: status, header fields that matter, each piece in a write of its own, the end as it was.
 *
 * @returns whether the client wanted more than there is: it stayed where the one of the recording had left
 */
export async function play(
  response: ServerResponse,
  answer: HttpAnswer,
  { placeholders, speed, leaveMs, file }: PlayOptions,
): Promise<'played' | 'outrun'> {
  const gone = new AbortController();
  response.once('close', () => gone.abort(hungUp));
  const startedAt = performance.now();
  const until = async (atMs = 0) => {
    if (speed === 'full') return;
    const waitMs = atMs / (speed === 'recorded' ? 1 : speed) - (performance.now() - startedAt);
    if (waitMs > 0) await delay(waitMs, undefined, { signal: gone.signal }).catch(() => undefined);
  };
  const pieces = answer.body.map((piece) => bytesOfPiece(piece, placeholders));
  if (answer.status !== undefined) {
    await until(answer.atMs[0]);
    if (gone.signal.aborted) return 'played';
    response.writeHead(answer.status, {
      ...answer.headers,
      [recordingField]: encodeURI(file),
      ...lengthOf(answer, pieces),
    });
    if (pieces.length === 0 || answer.ended !== 'complete') response.flushHeaders();
  }
  for (const [at, bytes] of pieces.entries()) {
    await until(answer.atMs[at + 1]);
    if (gone.signal.aborted) return 'played';
    if (answer.ended === 'complete' && at === pieces.length - 1) {
      response.end(bytes);
      return 'played';
    }
    if (!response.write(bytes)) await once(response, 'drain', { signal: gone.signal }).catch(() => undefined);
  }
  if (answer.ended === 'complete') response.end();
  else if (answer.ended === 'left') return (await left(response, gone.signal, leaveMs)) ? 'played' : 'outrun';
  else breakOff(response, answer.ended);
  return 'played';
}

function lengthOf({ length }: HttpAnswer, pieces: readonly Buffer[]): { 'content-length'?: number } {
  if (length === undefined) return {};
  // Placeholders may have got longer or shorter values; a body that was cut keeps what it had promised.
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return { 'content-length': length === true ? bytes : Math.max(length, bytes + 1) };
}

/** Waits for the client to go; a reset ends it where it stays. */
async function left(response: ServerResponse, gone: AbortSignal, leaveMs: number): Promise<boolean> {
  if (gone.aborted) return true;
  await delay(leaveMs, undefined, { signal: gone }).catch(() => undefined);
  if (gone.aborted) return true;
  breakOff(response, 'reset');
  return false;
}
