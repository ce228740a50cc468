import type { Segment } from '../conversation.ts';

/** How a disturbed direction ends. `half-open`: the target is cut off, the client is told nothing. */
export type Ending = 'fin' | 'rst' | 'silence' | 'half-open';

/** What is to be done, in this order, each when the one before is done. */
export type Step =
  | { readonly do: 'write'; readonly bytes: Buffer }
  | { readonly do: 'wait'; readonly ms: number }
  /** From here on the stream differs from the original. */
  | { readonly do: 'fire' }
  /** Nothing follows. */
  | { readonly do: 'stop'; readonly by: Ending };

export type Steps = Iterable<Step>;

/** Turns the bytes of a matched answer (or request) into steps. Steps are drawn one by one, when their turn comes. */
export interface Effect {
  /** Events with data passed so far. */
  readonly frames: number;
  take(segment: Segment): Steps;
  /** What is held back, when the stream ends too early or turns to the next exchange. */
  flush(): Steps;
}

/** Whether the fault may still act: armed or fired, and not reverted. */
export type Live = () => boolean;

export const write = (bytes: Buffer): Step => ({ do: 'write', bytes });
export const wait = (ms: number): Step => ({ do: 'wait', ms });
export const fire: Step = { do: 'fire' };
