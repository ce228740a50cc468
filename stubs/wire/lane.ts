import type { Segment } from './conversation.ts';
import type { Effect, Ending, Step } from './effects/effect.ts';
import { effectOf } from './effects/effect-of.ts';
import type { Direction } from './fault-plan.ts';
import type { FaultRegister } from './fault-register.ts';
import type { Hit } from './hit.ts';

export type LaneStep =
  | { readonly do: 'write'; readonly bytes: Buffer }
  | { readonly do: 'wait'; readonly ms: number; readonly until: AbortSignal }
  | { readonly do: 'stop'; readonly by: Ending; readonly hit: Hit };

interface Held {
  readonly hit: Hit;
  readonly effect: Effect;
}

export interface LanePlace {
  readonly link: string;
  readonly connection: number;
  readonly direction: Direction;
}

/** One direction of a connection: which fault has it at the moment, and what that makes of the bytes. */
export class Lane {
  readonly #register: FaultRegister;
  readonly #place: LanePlace;
  #held: Held | undefined;
  /** The latest exchange that faults were asked about, since each is counted once. */
  #asked = 0;

  constructor(register: FaultRegister, place: LanePlace) {
    this.#register = register;
    this.#place = place;
  }

  /** What to do with a chunk; `undefined` when it passes as it came. */
  plan(segments: readonly Segment[]): Iterable<LaneStep> | undefined {
    if (this.#held !== undefined) return this.#steps(segments, 0);
    if (!this.#register.watches(this.#place.link)) return undefined;
    for (const [index, segment] of segments.entries()) {
      const from = this.#match(segment);
      if (from === undefined) continue;
      return this.#afterMatch(segments, index, from);
    }
    return undefined;
  }

  /** The stream is over: gives out what was held back. */
  *end(): Iterable<LaneStep> {
    if (this.#held !== undefined) yield* this.#release(this.#held);
  }

  /** The connection is gone: nothing can be written any more. */
  drop(): void {
    this.#held?.hit.end();
    this.#held = undefined;
  }

  *#afterMatch(segments: readonly Segment[], index: number, from: number): Iterable<LaneStep> {
    for (const { bytes } of segments.slice(0, index)) yield { do: 'write', bytes };
    const segment = segments[index];
    if (segment !== undefined) yield* this.#split(segment, from);
    yield* this.#steps(segments, index + 1);
  }

  *#steps(segments: readonly Segment[], start: number): Iterable<LaneStep> {
    for (const segment of segments.slice(start)) {
      if (this.#held !== undefined && this.#isOther(segment, this.#held.hit))
        yield* this.#release(this.#held);
      const from = this.#held === undefined ? this.#match(segment) : 0;
      if (from === undefined) yield { do: 'write', bytes: segment.bytes };
      else yield* this.#split(segment, from);
    }
  }

  /** The bytes before `from` pass, the others are the effect's. */
  *#split(segment: Segment, from: number): Iterable<LaneStep> {
    const held = this.#held;
    if (held === undefined) return;
    if (from > 0) yield { do: 'write', bytes: segment.bytes.subarray(0, from) };
    const rest = from > 0 ? { ...segment, bytes: segment.bytes.subarray(from) } : segment;
    yield* this.#perform(held, held.effect.take(rest));
    if (segment.end && held.hit.place.exchange === segment.exchange) yield* this.#release(held);
  }

  #isOther({ exchange, first }: Segment, hit: Hit): boolean {
    if (hit.place.exchange !== undefined) return exchange !== hit.place.exchange;
    return first && !hit.live;
  }

  *#release(held: Held): Iterable<LaneStep> {
    this.#held = undefined;
    yield* this.#perform(held, held.effect.flush());
    held.hit.end();
  }

  *#perform({ hit, effect }: Held, steps: Iterable<Step>): Iterable<LaneStep> {
    for (const step of steps) {
      if (step.do === 'fire') hit.fire(effect.frames);
      else if (step.do === 'stop') yield { ...step, hit };
      else if (step.do === 'wait') yield { ...step, until: hit.over };
      else {
        hit.bytesPassed += step.bytes.length;
        yield step;
      }
    }
  }

  /** Takes hold of a fault that means this segment; returns where in it the fault begins. */
  #match(segment: Segment): number | undefined {
    if (segment.first || segment.part === 'opaque') {
      const { operation } = segment;
      const asked = this.#asked === segment.exchange;
      if (operation !== undefined) this.#asked = segment.exchange;
      if (this.#take(segment, asked ? undefined : operation)) return 0;
    }
    for (const { operation, end } of segment.marks) if (this.#take(segment, operation)) return end;
    return undefined;
  }

  #take({ exchange }: Segment, operation: string | undefined): boolean {
    const { link, connection, direction } = this.#place;
    const place = { link, connection, exchange, ...(operation === undefined ? {} : { operation }) };
    const hit = this.#register.match(direction, place);
    if (hit === undefined) return false;
    this.#held = { hit, effect: effectOf(hit.effect, () => hit.live) };
    return true;
  }
}
