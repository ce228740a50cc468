import { createParser } from 'eventsource-parser';
import type { EventFrame } from '../../event-frames.ts';
import { ownConnection } from '../own-connection.ts';
import { type Part, readPart, type Wire } from './part.ts';

/** A request for a stream. */
export interface Asked {
  readonly wire: Wire;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** A stream as its client heard it. */
export interface Heard {
  readonly status: number;
  readonly parts: readonly Part[];
  readonly frames: readonly EventFrame[];
  /** Comments, which servers send to keep a connection alive while they wait. */
  readonly comments: number;
  /** Whether the body ended by itself; false when the connection broke. */
  readonly endedCleanly: boolean;
  /** The whole body, for answers that are no stream. */
  readonly body: string;
}

/** How a stream was answered, in few words: its status, and why it was refused. */
export const answerOf = ({ status, body }: Heard) =>
  status === 200 ? { status } : { status, body: body.slice(0, 300) };

export interface Listening {
  /** Everything, once it has ended, however it ended. Rejects when the client has left. */
  readonly whole: Promise<Heard>;
  /** Resolves when this much text has come; rejects when the stream is over before. */
  untilText(text: string): Promise<void>;
  leave(): void;
}

/** No stream of a suite takes longer. */
export const streamBoundMs = 40_000;

/** Asks for a stream and reads it to its end; bytes are decoded as they come, over the borders of what was written. */
export function listen({ wire, url, headers, body }: Asked): Listening {
  const leaving = new AbortController();
  const late = AbortSignal.timeout(streamBoundMs);
  const parts: Part[] = [];
  const frames: EventFrame[] = [];
  let comments = 0;
  const waiting = new Set<() => void>();
  let isOver = false;
  const tell = () => {
    for (const look of waiting) look();
  };
  const parser = createParser({
    onEvent: ({ event, data }) => {
      frames.push({ event, data });
      parts.push(...readPart[wire](data));
      tell();
    },
    onComment: () => {
      comments += 1;
    },
  });
  const read = async (): Promise<Heard> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...ownConnection, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.any([leaving.signal, late]),
    });
    const decoder = new TextDecoder();
    let text = '';
    let endedCleanly = true;
    try {
      for await (const chunk of response.body ?? []) {
        const piece = decoder.decode(chunk as Uint8Array, { stream: true });
        text += piece;
        parser.feed(piece);
      }
      // A last event without its blank line counts here: whether it is said, not how, is the question.
      parser.feed('\n\n');
    } catch (error) {
      if (leaving.signal.aborted || late.aborted || error instanceof SyntaxError) throw error;
      endedCleanly = false;
    }
    return { status: response.status, parts, frames, comments, endedCleanly, body: text };
  };
  const whole = read().finally(() => {
    isOver = true;
    tell();
  });
  whole.catch(() => undefined);
  return {
    whole,
    leave: () => leaving.abort(),
    untilText: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (textOf(parts).includes(text)) resolve();
          else if (isOver) reject(new Error(`it was over before "${text}" came: "${textOf(parts)}"`));
          else return;
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** What the pieces of a kind add up to. */
export const textOf = (parts: readonly Part[], ofKind: 'text' | 'reasoning' | 'refusal' = 'text'): string =>
  parts.map((part) => (part.kind === ofKind ? part.text : '')).join('');

export const errorsOf = (parts: readonly Part[]): readonly string[] =>
  parts.flatMap((part) => (part.kind === 'error' ? [part.message] : []));

export const finishesOf = (parts: readonly Part[]): readonly string[] =>
  parts.flatMap((part) => (part.kind === 'finish' ? [part.reason] : []));

/** Calls of tools, in the order of their places: the names and the arguments that their pieces add up to. */
export function callsOf(parts: readonly Part[]): readonly { readonly name: string; readonly args: string }[] {
  const calls = parts.filter((part) => part.kind === 'call');
  const places = [...new Set(calls.map(({ index }) => index))].sort((a, b) => a - b);
  return places.map((place) => {
    const own = calls.filter(({ index }) => index === place);
    return {
      name: own.map(({ name = '' }) => name).join(''),
      args: own.map(({ args = '' }) => args).join(''),
    };
  });
}

/**
 * Whether a client would take it for a whole answer: it finished, or ended as streams of its API do, and nothing said that
 * anything went wrong.
 */
export function looksComplete({ parts, endedCleanly }: Heard): boolean {
  const said = finishesOf(parts).length > 0 || parts.some(({ kind }) => kind === 'end');
  return said && endedCleanly && errorsOf(parts).length === 0;
}
