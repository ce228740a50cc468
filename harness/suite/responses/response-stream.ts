import { createParser } from 'eventsource-parser';
import type { Response } from 'openai/resources/responses/responses';
import type { Headers } from 'undici';
import type { EventFrame } from '../../event-frames.ts';
import type { ResponseEvent } from '../../responses/event-types.ts';
import { findingText } from '../../responses/finding.ts';
import { checkEvents } from '../../responses/grammar.ts';
import { readEvents } from '../../responses/read-events.ts';
import { type CallerOptions, send } from './caller.ts';

/** A stream of Responses events as its client saw it. */
export interface SeenResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly events: readonly ResponseEvent[];
  /** Where frames and events break the grammar, a line each. */
  readonly findings: readonly string[];
  /** The body ended by itself; false when the connection broke or the client left. */
  readonly endedCleanly: boolean;
  /** The whole body, for answers that are no stream. */
  readonly body: string;
}

/** A stream that is being read. */
export interface OpenResponse {
  /** The events so far. */
  readonly events: readonly ResponseEvent[];
  /** The first event, of those so far or to come, that is so. Fails after 20 s, or when the stream ends without it. */
  until(what: string, isSo: (event: ResponseEvent) => boolean): Promise<ResponseEvent>;
  /** When the text so far contains this. */
  untilText(text: string): Promise<ResponseEvent>;
  /** Hangs up. */
  leave(): void;
  /** Everything, once it has ended, however it ended. */
  readonly whole: Promise<SeenResponse>;
}

const eventWithinMs = 20_000;

interface StreamOptions extends CallerOptions {
  /** Below /v1; a GET without a body. */
  readonly path?: string;
}

/** Asks for a stream and reads it. `body` is sent with `stream: true`; without one an existing response is streamed. */
export function openResponse(body: object | undefined, options: StreamOptions = {}): OpenResponse {
  const frames: EventFrame[] = [];
  const events: ResponseEvent[] = [];
  const left = new AbortController();
  const watchers = new Set<() => void>();
  let isOver = false;
  const tell = () => {
    for (const watch of watchers) watch();
  };
  const parser = createParser({
    onEvent: ({ event, data }) => {
      frames.push({ event, data });
      events.push(...readEvents([{ event, data }]).events);
      tell();
    },
  });
  const whole = read(body, options, left.signal, (text) => parser.feed(text)).then((seen) => ({
    ...seen,
    events,
    findings: findingsOf(frames),
  }));
  const over = () => {
    isOver = true;
    tell();
  };
  whole.then(over, over);
  const until: OpenResponse['until'] = (what, isSo) =>
    new Promise((resolve, reject) => {
      const end = (act: () => void) => {
        clearTimeout(timer);
        watchers.delete(watch);
        act();
      };
      const types = () => events.map(({ type }) => type).join(', ') || 'nothing';
      const late = () =>
        end(() => reject(new Error(`no ${what} within ${eventWithinMs} ms, but ${types()}`)));
      const timer = setTimeout(late, eventWithinMs);
      const watch = () => {
        const found = events.find(isSo);
        if (found) end(() => resolve(found));
        else if (isOver) end(() => reject(new Error(`the stream ended without ${what}: ${types()}`)));
      };
      watchers.add(watch);
      watch();
    });
  return {
    events,
    whole,
    until,
    untilText: (text) => until(`text "${text}"`, () => textIn(events).includes(text)),
    leave: () => left.abort(),
  };
}

/** Asks for a stream and reads it to its end. */
export function streamResponse(body: object | undefined, options: StreamOptions = {}): Promise<SeenResponse> {
  return openResponse(body, options).whole;
}

/** The text that the deltas of all messages add up to. */
export const textIn = (events: readonly ResponseEvent[]): string =>
  events.map(({ type, delta }) => (type === 'response.output_text.delta' ? String(delta) : '')).join('');

/**
 * The response as the latest event that carries one has it.
 *
 * @throws when none does
 */
export function responseIn(events: readonly ResponseEvent[]): Response {
  const latest = events.findLast(({ response }) => response !== undefined);
  if (!latest) throw new Error(`no event has a response: ${typesIn(events).join(', ') || 'there is none'}`);
  return latest.response as unknown as Response;
}

/** The types, with repetitions of deltas told once. */
export const typesIn = (events: readonly ResponseEvent[]): readonly string[] =>
  events.map(({ type }) => type).filter((type, at, all) => type !== all[at - 1]);

/** What is wrong with a stream, frame by frame and event by event. */
export function findingsOf(frames: readonly EventFrame[]): readonly string[] {
  const { events, findings } = readEvents(frames);
  return [...findings, ...checkEvents(events)].map(findingText);
}

async function read(
  body: object | undefined,
  { path = '/responses', ...options }: StreamOptions,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<Omit<SeenResponse, 'events' | 'findings'>> {
  const asked = body && { ...body, stream: true };
  const answer = await send(asked ? 'POST' : 'GET', path, asked, signal, options);
  const decoder = new TextDecoder();
  let text = '';
  let endedCleanly = true;
  try {
    for await (const chunk of answer.body ?? []) {
      const piece = decoder.decode(chunk as Uint8Array, { stream: true });
      text += piece;
      onText(piece);
    }
  } catch {
    endedCleanly = false;
  }
  return { status: answer.status, headers: answer.headers, endedCleanly, body: text };
}
