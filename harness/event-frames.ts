/** A frame of an event stream: its `event:` field, if it had one, and its data. */
export interface EventFrame {
  readonly event?: string | undefined;
  readonly data: string;
}

/** How a frame carries its event wrongly. */
export interface FrameFinding {
  readonly rule: 'frame';
  /** Number of the frame, from 0. */
  readonly at: number;
  readonly event: string;
  readonly says: string;
}

interface StreamWords {
  /** What [DONE] is found to be. */
  readonly noDone: string;
  /** How a frame without a name is called. */
  readonly unnamed: string;
}

/**
 * The events in the frames of a stream whose events are JSON with a type, named like it.
 *
 * @returns those that are events, and what is wrong with how frames carry them: official clients pass over frames
 * without a name
 */
export function readFrames<E extends { readonly type: string }>(
  frames: readonly EventFrame[],
  { noDone, unnamed }: StreamWords,
): { readonly events: readonly E[]; readonly findings: readonly FrameFinding[] } {
  const events: E[] = [];
  const findings: FrameFinding[] = [];
  for (const [at, { event, data }] of frames.entries()) {
    const found = (says: string) => findings.push({ rule: 'frame', at, event: event ?? unnamed, says });
    const read = parsed(data) as E | undefined;
    if (typeof read !== 'object' || read === null || Array.isArray(read) || typeof read.type !== 'string') {
      found(data === '[DONE]' ? noDone : `no event: ${data.slice(0, 60)}`);
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
