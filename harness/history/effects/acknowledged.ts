import type { Operation } from '../timeline.ts';

/** Operations in the order in which they ended. Answers which of those that had ended by a place in the history began last. */
export class Acknowledged {
  readonly #ends: number[] = [];
  readonly #latest: Operation[] = [];

  /** Ends never go back from one to the next. */
  add(operation: Operation): void {
    const last = this.#latest.at(-1);
    this.#ends.push(operation.end);
    this.#latest.push(last && last.start > operation.start ? last : operation);
  }

  before(position: number): Operation | undefined {
    let low = 0;
    let high = this.#ends.length;
    if ((this.#ends[high - 1] ?? -1) < position) return this.#latest[high - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return this.#latest[low - 1];
  }
}
