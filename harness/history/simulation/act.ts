import type { Json, JsonRecord } from '../../plan/json.ts';
import type { Action } from '../events.ts';

/** What one request asks of one object. */
export interface Asking {
  readonly does: Action;
  readonly key: string;
  readonly value?: Json;
  readonly from?: Json;
}

/** One request of a client in a simulated run, with all its moments (milliseconds). */
export interface Act {
  readonly client: number;
  readonly worker: number;
  /** Several where one request works on several objects. */
  readonly asks: readonly Asking[];
  readonly startAt: number;
  /** When the subject does it; never where it is undefined. */
  readonly effectAt: number | undefined;
  readonly endAt: number;
  /** `lost`: the client gives up at `endAt`, whenever the effect comes. */
  readonly outcome: 'answered' | 'lost' | 'refused';
  readonly tenant?: string;
  readonly idempotencyKey?: string;
  /** What the subject does wrong. */
  readonly wrong?: Wrong;
}

export interface Wrong {
  /** Answers this instead of what is there. */
  readonly answer?: (truth: Json) => Json;
  /** Does it so often; 0 answers as if it had been done. */
  readonly times?: number;
}

/** How far behind reads of a correct subject may be. */
export type Lag =
  | 'none'
  /** Not behind what the client read before, per key. */
  | 'reads'
  /** Not behind what was acknowledged to the client, per key. */
  | 'writes'
  /** Of all keys at one moment, and none before a moment that the client has seen. */
  | 'together'
  | 'any';

export interface Script {
  readonly acts: readonly Act[];
  readonly initial: JsonRecord;
  /** Whether the header says what keys held in the beginning. */
  readonly isStated: boolean;
  readonly lag: Lag;
  readonly seed: number;
}

/** Reads may be so far behind. */
export const lagMs = 30;
