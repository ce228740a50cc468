import { createParser } from 'eventsource-parser';
import type { EventFrame } from '../../event-frames.ts';
import { type CheckedStream, checkEvents } from '../../messages/grammar.ts';
import { type MessageEvent, readEvents } from '../../messages/read-events.ts';
import type { WorkerProxy } from '../../workers/client.ts';
import { service } from '../stack.ts';
import { headers } from './caller.ts';

/** A message stream as a client saw it, held to its grammar. */
export interface SeenMessage extends CheckedStream {
  readonly status: number;
  readonly headers: Headers;
  readonly events: readonly MessageEvent[];
  /** Whether the body ended by itself; false when the connection broke. */
  readonly endedCleanly: boolean;
  /** The whole body, for answers that are no stream. */
  readonly body: string;
}

export interface OpenMessage {
  /** The stream once it is over, however it ended. */
  readonly whole: Promise<SeenMessage>;
  /** Resolves when the text, thinking and inputs that have come hold this. Rejects when the stream is over before. */
  until(text: string): Promise<void>;
  /** The same for an event of that type. */
  untilEvent(type: string): Promise<void>;
  leave(): void;
}

interface Opening {
  /** The worker that is asked; default: whichever takes the connection. */
  readonly through?: WorkerProxy;
}

/** Asks for a streamed message and reads it to its end. */
export function openMessage(body: object, { through }: Opening = {}): OpenMessage {
  const leaving = new AbortController();
  const frames: EventFrame[] = [];
  const waiting = new Set<() => void>();
  let said = '';
  let isOver = false;
  const parser = createParser({
    onEvent: (frame) => {
      frames.push(frame);
      said += saidIn(frame.data);
      for (const look of waiting) look();
    },
  });
  const read = async (): Promise<SeenMessage> => {
    const { fetch: ask = fetch, fetchOptions = {} } = through?.sdkOptions ?? {};
    const response = await ask(`${through?.baseUrl ?? service('gateway').url}/v1/messages`, {
      ...fetchOptions,
      method: 'POST',
      headers: headers(),
      body: JSON.stringify({ ...body, stream: true }),
      signal: leaving.signal,
    });
    const decoder = new TextDecoder();
    let text = '';
    let endedCleanly = true;
    try {
      for await (const chunk of response.body ?? []) {
        const part = decoder.decode(chunk as Uint8Array, { stream: true });
        text += part;
        parser.feed(part);
      }
    } catch (error) {
      if (leaving.signal.aborted) throw error;
      endedCleanly = false;
    }
    const { events, findings } = readEvents(frames);
    const checked = checkEvents(events);
    const { status, headers: answered } = response;
    const all = [...findings, ...checked.findings];
    return { ...checked, findings: all, status, headers: answered, events, endedCleanly, body: text };
  };
  const whole = read().finally(() => {
    isOver = true;
    for (const look of waiting) look();
  });
  whole.catch(() => undefined);
  const waitFor = (what: string, hasCome: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (hasCome()) resolve();
        else if (isOver) reject(new Error(`the stream ended before ${what} came; it said "${said}"`));
        else return;
        waiting.delete(look);
      };
      waiting.add(look);
      look();
    });
  return {
    whole,
    leave: () => leaving.abort(),
    until: (text) => waitFor(`"${text}"`, () => said.includes(text)),
    untilEvent: (type) => waitFor(type, () => frames.some(({ event }) => event === type)),
  };
}

function saidIn(data: string): string {
  const { delta = {} } = JSON.parse(data) as { delta?: Record<string, unknown> };
  return [delta.text, delta.thinking, delta.partial_json]
    .filter((piece) => typeof piece === 'string')
    .join('');
}

/** Text of all text blocks, the one that was still open included. */
export const textIn = ({ blocks, open }: SeenMessage): string =>
  [...blocks, ...(open ? [open] : [])].flatMap(({ type, text }) => (type === 'text' ? [text] : [])).join('');
