import type { Finding } from './finding.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as an object; an empty one for anything else. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A value as findings show it. */
export const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? 'nothing';

/** An event of a message stream, whatever else it holds. */
export type MessageEvent = JsonObject & { readonly type: string };

/** A frame of an event stream: its `event:` field, if it had one, and its data. */
export interface EventFrame {
  readonly event?: string | undefined;
  readonly data: string;
}

/**
 * The events in the frames of a stream.
 *
 * @returns those that are events, and what is wrong with how frames carry them (rule `frame`): official clients pass
 * over frames without a name
 */
export function readEvents(frames: readonly EventFrame[]): {
  readonly events: readonly MessageEvent[];
  readonly findings: readonly Finding[];
} {
  const events: MessageEvent[] = [];
  const findings: Finding[] = [];
  for (const [at, { event, data }] of frames.entries()) {
    const found = (says: string) => findings.push({ rule: 'frame', at, event: event ?? 'unnamed', says });
    const read = parsed(data);
    if (!isObject(read) || typeof read.type !== 'string') {
      found(data === '[DONE]' ? 'a message stream has no [DONE]' : `no event: ${data.slice(0, 60)}`);
      continue;
    }
    if (event !== read.type) found(`the frame is named ${event ?? 'nothing'}, its data is ${read.type}`);
    events.push(read as MessageEvent);
  }
  return { events, findings };
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
