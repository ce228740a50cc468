import type { Operation } from '../timeline.ts';

/**
 * Which operations of a history have been put in order so far. All sure ones before `#low` are; since an operation that is
 * not yet taken lets only those overtake it that began before its end, what is taken beyond it is a small window.
 */
export class Window {
  readonly order: number[] = [];
  /** Places of sure operations (those with an end), and of unsure ones, both in the order in which they began. */
  readonly #sure: readonly number[];
  readonly #unsure: readonly number[];
  readonly #start: Float64Array;
  readonly #end: Float64Array;
  readonly #taken: Uint8Array;
  readonly #rank: Uint32Array;
  #low = 0;
  #high = 0;
  #sureTaken = 0;

  constructor(operations: readonly Operation[]) {
    const places = operations.map((_, place) => place);
    const isSure = (place: number) => operations[place]?.outcome === 'ok';
    this.#sure = places.filter(isSure);
    this.#unsure = places.filter((place) => !isSure(place));
    this.#start = Float64Array.from(operations, ({ start }) => start);
    this.#end = Float64Array.from(operations, ({ end }) => end);
    this.#taken = new Uint8Array(operations.length);
    this.#rank = new Uint32Array(operations.length);
    for (const [rank, place] of this.#sure.entries()) this.#rank[place] = rank;
  }

  get sureTaken(): number {
    return this.#sureTaken;
  }

  get isComplete(): boolean {
    return this.#sureTaken === this.#sure.length;
  }

  /** Operations that may come next: not taken, and begun before the end of every sure one that is not taken. */
  candidates(): readonly number[] {
    const found: number[] = [];
    let due = Number.POSITIVE_INFINITY;
    for (let rank = this.#low; rank < this.#sure.length; rank += 1) {
      const place = this.#sure[rank] ?? 0;
      if (this.#at(this.#start, place) > due) break;
      if (this.#taken[place]) continue;
      const end = this.#at(this.#end, place);
      due = Math.min(due, end);
      // What has to come first is tried first (what need not come at all is tried last). They are few: insertion sort.
      let at = found.length;
      for (; at > 0 && this.#at(this.#end, found[at - 1] ?? 0) > end; at -= 1) found[at] = found[at - 1] ?? 0;
      found[at] = place;
    }
    for (const place of this.#unsure) {
      if (this.#at(this.#start, place) > due) break;
      if (!this.#taken[place]) found.push(place);
    }
    return found;
  }

  /** The sure operation, not taken, that ends first: whatever comes next, it must come soon. */
  firstDue(): number {
    let first = -1;
    let due = Number.POSITIVE_INFINITY;
    for (let rank = this.#low; rank < this.#sure.length; rank += 1) {
      const place = this.#sure[rank] ?? 0;
      if (this.#at(this.#start, place) > due) break;
      if (this.#taken[place] || this.#at(this.#end, place) >= due) continue;
      due = this.#at(this.#end, place);
      first = place;
    }
    return first;
  }

  take(place: number): void {
    this.#taken[place] = 1;
    this.order.push(place);
    if (this.#sure[this.#rank[place] ?? 0] !== place) return;
    this.#sureTaken += 1;
    this.#high = Math.max(this.#high, (this.#rank[place] ?? 0) + 1);
    while (this.#low < this.#sure.length && this.#taken[this.#sure[this.#low] ?? 0]) this.#low += 1;
  }

  /** Takes back all but the first `length` operations of the order. */
  backTo(length: number): void {
    while (this.order.length > length) {
      const place = this.order.pop() ?? 0;
      this.#taken[place] = 0;
      const rank = this.#rank[place] ?? 0;
      if (this.#sure[rank] !== place) continue;
      this.#sureTaken -= 1;
      this.#low = Math.min(this.#low, rank);
    }
  }

  /** Equal for equal sets of taken operations. */
  get key(): string {
    while (this.#high > this.#low && !this.#taken[this.#sure[this.#high - 1] ?? 0]) this.#high -= 1;
    let key = `${this.#low}:`;
    for (let rank = this.#low; rank < this.#high; rank += 1)
      key += this.#taken[this.#sure[rank] ?? 0] ? '1' : '0';
    let unsure = '';
    for (const place of this.#unsure) if (this.#taken[place]) unsure += `,${place}`;
    return key + unsure;
  }

  #at(values: Float64Array, place: number): number {
    return values[place] ?? Number.POSITIVE_INFINITY;
  }
}
