import { createParser } from 'eventsource-parser';
import { fetch } from 'undici';
import { type CallerOptions, ownKey } from '../responses/caller.ts';
import { until } from '../until.ts';
import { controlUrl, sessionPath } from './sessions.ts';

/** An event of a session as a client saw it. */
export interface SeenEvent {
  /** Undefined for an event without one. */
  readonly id: string | undefined;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: suites look into data of any shape, and say what must be there
  readonly data: any;
}

export interface FollowOptions extends CallerOptions {
  /** Header `Last-Event-ID`. */
  readonly after?: number | string;
  /** Parameter `last_event_id`. */
  readonly parameter?: number | string;
}

/** An open stream of a session's events. */
export interface Followed {
  readonly status: number;
  readonly contentType: string;
  /** What has come so far. */
  readonly events: readonly SeenEvent[];
  readonly comments: readonly string[];
  /** Resolves when an event is there that `isMeant`. */
  untilEvent(isMeant: (event: SeenEvent) => boolean, boundMs?: number): Promise<SeenEvent>;
  /** Resolves when the stream is over, however. */
  readonly ended: Promise<void>;
  /** Hangs up, and resolves when that is done. */
  close(): Promise<void>;
}

/** Follows a session; resolves with the head of the answer, whatever its status is. */
export async function follow(session: string, options: FollowOptions = {}): Promise<Followed> {
  const { key = ownKey(), worker, after, parameter } = options;
  const hangUp = new AbortController();
  const query = parameter === undefined ? '' : `&last_event_id=${parameter}`;
  const answer = await fetch(`${controlUrl(options)}${sessionPath('/events', session)}${query}`, {
    headers: {
      authorization: `Bearer ${key}`,
      ...(after === undefined ? {} : { 'last-event-id': String(after) }),
    },
    signal: hangUp.signal,
    ...(worker ? { dispatcher: worker.dispatcher } : {}),
  });
  const events: SeenEvent[] = [];
  const comments: string[] = [];
  const ended = read(answer.body ?? [], events, comments);
  return {
    status: answer.status,
    contentType: answer.headers.get('content-type') ?? '',
    events,
    comments,
    ended,
    untilEvent: (isMeant, boundMs) => until('an event of the session', () => events.find(isMeant), boundMs),
    close: async () => {
      hangUp.abort();
      await ended;
    },
  };
}

async function read(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  events: SeenEvent[],
  comments: string[],
): Promise<void> {
  const parser = createParser({
    onEvent: ({ id, event = 'message', data }) => events.push({ id, event, data: JSON.parse(data) }),
    onComment: (comment) => comments.push(comment),
  });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body) parser.feed(decoder.decode(chunk, { stream: true }));
  } catch {
    // A stream that breaks is one that ends: what had come is there.
  }
}

/** Ids of the events that tell of messages, or of all. */
export const idsOf = (events: readonly SeenEvent[]): readonly number[] =>
  events.map(({ id }) => (id === undefined ? Number.NaN : Number(id)));

/** The contents that the events told of, in their order. */
export const contentsOf = (events: readonly SeenEvent[]): readonly string[] =>
  events.flatMap(({ event, data }) => (event === 'message' ? [data.content as string] : []));

/** Whole numbers from the first to the last one. */
export const range = (first: number, last: number): readonly number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
