import type { EffectPlan } from './fault-plan.ts';

/** What a fault struck, or may strike. */
export interface Place {
  readonly link: string;
  /** Ordinal of the connection on its link, from 1. */
  readonly connection: number;
  /** Number of the exchange on the connection, from 1; absent when the fault has the whole connection. */
  readonly exchange?: number;
  readonly operation?: string;
}

/** What a hit needs of its fault. */
export interface HitOwner {
  readonly id: string;
  readonly plan: { readonly effect: EffectPlan };
  /** Whether it may fire once more. */
  readonly open: boolean;
  readonly revertAfterMs: number;
  fired(hit: Hit): void;
  changed(): void;
}

/** One connection or exchange in the hands of a fault: matched first, then perhaps fired, then over. Times are epoch ms. */
export class Hit {
  readonly place: Place;
  readonly matchedAt = Date.now();
  /** Bytes that came out on the far side since the match, in the fault's direction. */
  bytesPassed = 0;
  /** Events with data that had passed when it fired. */
  framesPassed = 0;
  firedAt: number | undefined;
  overAt: number | undefined;
  readonly #owner: HitOwner;
  readonly #over = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(owner: HitOwner, place: Place) {
    this.#owner = owner;
    this.place = place;
  }

  get fault(): string {
    return this.#owner.id;
  }

  get effect(): EffectPlan {
    return this.#owner.plan.effect;
  }

  get live(): boolean {
    return this.overAt === undefined && (this.firedAt !== undefined || this.#owner.open);
  }

  /** Fires when the fault reverts or has nothing left to do here. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  fire(framesPassed: number): void {
    if (this.firedAt !== undefined) return;
    this.firedAt = Date.now();
    this.framesPassed = framesPassed;
    this.#timer = setTimeout(() => this.end(), this.#owner.revertAfterMs).unref();
    this.#owner.fired(this);
  }

  end(): void {
    if (this.overAt !== undefined) return;
    clearTimeout(this.#timer);
    this.overAt = Date.now();
    this.#over.abort();
    this.#owner.changed();
  }

  toJSON(): object {
    const { place, matchedAt, firedAt, bytesPassed, framesPassed, overAt } = this;
    return { ...place, matchedAt, firedAt, bytesPassed, framesPassed, overAt };
  }
}
