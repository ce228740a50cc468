import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ApiError } from './api-error.ts';
import { inPieces } from './byte-pieces.ts';
import type { Fault } from './fault.ts';
import type { Frame } from './frames.ts';
import { type Pacing, startPacing } from './pacing.ts';

/** Nobody waits longer for a stalled answer. */
const STALL_LIMIT_MS = 15 * 60_000;

/** Writes that the kernel takes at once come back without a turn of the event loop; others must get theirs. */
const FRAMES_PER_TURN = 32;

export type Delivery = {
  readonly pacing: Pacing;
  readonly fault: Fault | undefined;
  /** A stream is written in pieces of so many bytes; without it frame by frame. */
  readonly pieceBytes: number | undefined;
  /** Before the frame after so many, or before a whole answer, `released` is waited for. */
  readonly hold:
    | { readonly afterFrames: number; readonly released: (gone: AbortSignal) => Promise<void> }
    | undefined;
  /** Called after each frame has been handed to the socket, with the number so far. */
  readonly onFrame: (count: number) => void;
  readonly onFault: (afterFrames: number) => void;
  /** Called when the first token has been held back for so long, before it is sent. */
  readonly onFirst: (waitedMs: number) => void;
};

/** Sends an answer as server-sent events at the reader's speed. Returns early when the reader goes. */
export async function deliverStream(
  response: ServerResponse,
  frames: Iterable<Frame>,
  delivery: Delivery,
): Promise<void> {
  const gone = goneSignal(response);
  const pace = startPacing(delivery.pacing, gone);
  const { fault, hold } = delivery;
  let tokens = 0;
  let count = 0;
  const startedAt = performance.now();
  await pace.first().catch(() => undefined);
  if (gone.aborted) return;
  delivery.onFirst(performance.now() - startedAt);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  response.flushHeaders();
  const out = inPieces(delivery.pieceBytes, (bytes) => write(response, bytes, gone));
  for (const frame of frames) {
    if (hold?.afterFrames === count || fault?.afterFrames === count) await out.flush();
    if (hold?.afterFrames === count) await pace.held(hold.released(gone));
    if (gone.aborted) return;
    if (fault?.afterFrames === count) {
      delivery.onFault(count);
      return disturb(response, fault, gone);
    }
    if (frame.isToken) await pace.token(tokens++).catch(() => undefined);
    if (gone.aborted || !(await out.send(`data: ${frame.data}\n\n`))) return;
    count += 1;
    delivery.onFrame(count);
    if (count % FRAMES_PER_TURN === 0) await nextTurn();
  }
  await out.flush();
  if (hold && hold.afterFrames >= count) await hold.released(gone);
  response.end();
}

/** Sends an answer as one JSON body; a fault strikes in its middle. Returns early when the reader goes. */
export async function deliverJson(
  response: ServerResponse,
  body: object,
  tokens: number,
  delivery: Delivery,
): Promise<void> {
  const gone = goneSignal(response);
  const pace = startPacing(delivery.pacing, gone);
  const startedAt = performance.now();
  await pace
    .token(tokens)
    .then(pace.first)
    .catch(() => undefined);
  await delivery.hold?.released(gone);
  if (gone.aborted) return;
  delivery.onFirst(performance.now() - startedAt);
  const bytes = Buffer.from(JSON.stringify(body));
  const { fault } = delivery;
  if (fault?.kind === 'error') {
    delivery.onFault(0);
    const failure = new ApiError(500, 'The server had an error while processing your request.');
    response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify(failure.body));
    return;
  }
  const half = bytes.subarray(0, bytes.length >> 1);
  const length = fault?.kind === 'end' ? half.length : bytes.length;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': length });
  if (fault !== undefined) {
    await write(response, half, gone);
    delivery.onFault(0);
    return disturb(response, fault, gone);
  }
  response.end(bytes, () => delivery.onFrame(1));
}

async function disturb(response: ServerResponse, fault: Fault, gone: AbortSignal): Promise<void> {
  if (fault.kind === 'cut') {
    response.destroy();
  } else if (fault.kind === 'end') {
    response.end();
  } else if (fault.kind === 'error') {
    const failure = new ApiError(500, 'The server had an error while processing your request.');
    response.end(`data: ${JSON.stringify(failure.body)}\n\n`);
  } else {
    const limit = AbortSignal.timeout(STALL_LIMIT_MS);
    if (!gone.aborted) await once(limit, 'abort', { signal: gone }).catch(() => undefined);
    response.destroy();
  }
}

/** Resolves when the kernel has taken the bytes, which keeps the reader's pace; false when the reader is gone. */
function write(response: ServerResponse, bytes: string | Buffer, gone: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = () => resolve(false);
    gone.addEventListener('abort', stop, { once: true });
    response.write(bytes, (error) => {
      gone.removeEventListener('abort', stop);
      resolve(!error && !gone.aborted);
    });
  });
}

/** Fires when the connection closes, whoever closed it. */
function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (response.destroyed) controller.abort();
  response.once('close', () => controller.abort());
  return controller.signal;
}
