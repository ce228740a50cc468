import { createParser } from 'eventsource-parser';
import { type Dispatcher, request } from 'undici';
import type { EventFrame } from '../../event-frames.ts';
import type { ResponseEvent } from '../../responses/event-types.ts';
import { readEvents } from '../../responses/read-events.ts';
import { apiUrl, ownKey } from '../responses/caller.ts';
import { findingsOf, textIn } from '../responses/response-stream.ts';

/** A stream of Responses events with its times, in milliseconds from its request. */
export interface TimedStream {
  readonly status: number;
  readonly events: readonly ResponseEvent[];
  /** Where frames and events break the grammar: what is lost, doubled or out of order among it. */
  readonly findings: readonly string[];
  readonly text: string;
  readonly firstEventMs: number;
  readonly firstTextMs: number;
  /** Without the time for which the model was held. */
  readonly completionMs: number;
  /** The longest silence between two events since the model was let go on. */
  readonly largestGapMs: number;
  /** When each event came, on the clock of `performance.now()`. */
  readonly arrivedAtMs: readonly number[];
}

export interface TimedRequest {
  /** Posted with `stream: true`; without it the path is read. */
  readonly body?: object;
  /** Below /v1. */
  readonly path?: string;
  readonly dispatcher: Dispatcher;
  /** Base URL with /v1, where it is not the gateway's. */
  readonly url?: string;
  /** Called once the model's text has begun. */
  readonly onText?: () => void;
}

interface Piece {
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

/** Bytes and times of an answer that nobody has looked into yet. */
export interface RawStream {
  readonly status: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly pieces: readonly Piece[];
}

const readWithinMs = 50_000;

/**
 * Reads an answer to its end and looks at nothing in it, so that reading hundreds at once takes little of the machine that
 * serves them.
 *
 * @throws when the connection breaks, or after 50 s
 */
export async function readRaw({
  body,
  path = '/responses',
  dispatcher,
  url,
  onText,
}: TimedRequest): Promise<RawStream> {
  const startedAtMs = performance.now();
  const answer = await request(`${url ?? apiUrl()}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${ownKey()}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body ? JSON.stringify({ ...body, stream: true }) : null,
    signal: AbortSignal.timeout(readWithinMs),
    dispatcher,
  });
  const pieces: Piece[] = [];
  let hasText = false;
  let seen = '';
  for await (const bytes of answer.body) {
    pieces.push({ atMs: performance.now(), bytes: bytes as Uint8Array });
    if (hasText) continue;
    seen += Buffer.from(bytes as Uint8Array).toString('latin1');
    hasText = seen.includes('response.output_text.delta');
    if (hasText) onText?.();
  }
  return { status: answer.statusCode, startedAtMs, endedAtMs: performance.now(), pieces };
}

/**
 * The events of an answer, judged by their grammar, with their times.
 *
 * @param releasedAtMs when its model was let go on, on the clock of `performance.now()`; it was not held without it
 * @throws when the answer is no stream of events with a text
 */
export function timed(
  { status, startedAtMs, endedAtMs, pieces }: RawStream,
  releasedAtMs?: number,
): TimedStream {
  const frames: EventFrame[] = [];
  const arrivedAtMs: number[] = [];
  let atMs = startedAtMs;
  const parser = createParser({
    onEvent: ({ event, data }) => {
      frames.push({ event, data });
      arrivedAtMs.push(atMs);
    },
  });
  const decoder = new TextDecoder();
  for (const piece of pieces) {
    atMs = piece.atMs;
    parser.feed(decoder.decode(piece.bytes, { stream: true }));
  }
  const { events } = readEvents(frames);
  const firstText = events.findIndex(({ type }) => type === 'response.output_text.delta');
  const [first] = arrivedAtMs;
  const text = arrivedAtMs[firstText];
  if (status !== 200 || first === undefined || text === undefined) {
    const said = decoder.decode(Buffer.concat(pieces.map(({ bytes }) => bytes))).slice(0, 500);
    throw new Error(`no stream with a text was answered, but ${status} ${said}`);
  }
  const flowing = arrivedAtMs.filter((at) => at >= (releasedAtMs ?? startedAtMs));
  const gaps = flowing.slice(1).map((at, index) => at - (flowing[index] ?? at));
  const heldMs = releasedAtMs === undefined ? 0 : releasedAtMs - text;
  return {
    status,
    events,
    findings: findingsOf(frames),
    text: textIn(events),
    firstEventMs: first - startedAtMs,
    firstTextMs: text - startedAtMs,
    completionMs: endedAtMs - startedAtMs - heldMs,
    largestGapMs: Math.max(0, ...gaps),
    arrivedAtMs,
  };
}
