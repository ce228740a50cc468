import { isRecord, type ResponseEvent } from './event-types.ts';
import type { Finding } from './finding.ts';

/** A frame of an event stream: its `event:` field, if it had one, and its data. */
export interface EventFrame {
  readonly event?: string | undefined;
  readonly data: string;
}

/**
 * The events in the frames of a stream.
 *
 * @returns those that are events, and what is wrong with how frames carry them (rule `frame`)
 */
export function readEvents(frames: readonly EventFrame[]): {
  readonly events: readonly ResponseEvent[];
  readonly findings: readonly Finding[];
} {
  const events: ResponseEvent[] = [];
  const findings: Finding[] = [];
  for (const [at, { event, data }] of frames.entries()) {
    const found = (says: string) => findings.push({ rule: 'frame', at, event: event ?? 'message', says });
    const read = parsed(data);
    if (!isEvent(read)) {
      found(data === '[DONE]' ? 'a stream of responses has no [DONE]' : `no event: ${data.slice(0, 60)}`);
      continue;
    }
    if (event !== read.type) found(`the frame is named ${event ?? 'nothing'}, its data is ${read.type}`);
    events.push(read);
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

const isEvent = (value: unknown): value is ResponseEvent => isRecord(value) && typeof value.type === 'string';
