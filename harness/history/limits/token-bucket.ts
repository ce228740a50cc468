import type { Span } from './most-within.ts';

/** What sums of fractions may be off by. */
const roundingTokens = 1e-6;

/**
 * Spans that took more tokens than a bucket can have given: in no stretch of time more than it holds and what flows in
 * meanwhile. Counted are those that lie in the stretch with both ends; the fewest that are too many. O(n log n).
 */
export function emptied<T extends Span>(
  spans: readonly T[],
  capacity: number,
  refillPerMs: number,
): readonly T[] | undefined {
  const byEnd = [...spans].sort((a, b) => a.to - b.to);
  const byStart = byEnd.map((span, rank) => ({ span, rank })).sort((a, b) => b.span.from - a.span.from);
  const zero = byEnd[0]?.to ?? 0;
  const excess = new Excess(byEnd.length);
  // From the last start to the first: what has been entered begins no earlier than the stretch.
  for (const { span, rank } of byStart) {
    excess.enter(rank, -refillPerMs * (span.to - zero));
    const best = excess.best();
    if (best.value + refillPerMs * (span.from - zero) <= capacity + roundingTokens) continue;
    const until = (byEnd[best.rank] as T).to;
    const given = Math.floor(capacity + refillPerMs * (until - span.from));
    return byEnd.filter(({ from, to }) => from >= span.from && to <= until).slice(0, given + 1);
  }
  return undefined;
}

/** For each rank that was entered: how many with this or a lower rank were, plus its own weight. The greatest is kept (segment tree). */
class Excess {
  readonly #size: number;
  readonly #best: Float64Array;
  readonly #added: Int32Array;
  readonly #counts: Int32Array;

  constructor(ranks: number) {
    this.#size = 2 ** Math.ceil(Math.log2(Math.max(1, ranks)));
    this.#best = new Float64Array(2 * this.#size).fill(Number.NEGATIVE_INFINITY);
    this.#added = new Int32Array(2 * this.#size);
    this.#counts = new Int32Array(this.#size + 1);
  }

  enter(rank: number, weight: number): void {
    this.#addFrom(rank + 1);
    let below = 1;
    for (let at = rank + 1; at > 0; at -= at & -at) below += this.#counts[at] ?? 0;
    for (let at = rank + 1; at <= this.#size; at += at & -at) this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    let node = this.#size + rank;
    let above = 0;
    for (let parent = node >> 1; parent > 0; parent >>= 1) above += this.#added[parent] ?? 0;
    this.#best[node] = weight + below - above;
    for (node >>= 1; node > 0; node >>= 1) this.#renew(node);
  }

  best(): { readonly value: number; readonly rank: number } {
    let node = 1;
    while (node < this.#size)
      node = 2 * node + Number((this.#best[2 * node + 1] ?? 0) > (this.#best[2 * node] ?? 0));
    return { value: this.#best[1] ?? 0, rank: node - this.#size };
  }

  /** One more for every rank from this one on. */
  #addFrom(rank: number): void {
    let left = this.#size + rank;
    let right = 2 * this.#size;
    if (left >= right) return;
    const touched = [left >> 1, (right - 1) >> 1];
    for (; left < right; left >>= 1, right >>= 1) {
      if (left & 1) this.#addTo(left++);
      if (right & 1) this.#addTo(--right);
    }
    for (const first of touched) for (let node = first; node > 0; node >>= 1) this.#renew(node);
  }

  #addTo(node: number): void {
    this.#best[node] = (this.#best[node] ?? 0) + 1;
    this.#added[node] = (this.#added[node] ?? 0) + 1;
  }

  #renew(node: number): void {
    const greater = Math.max(this.#best[2 * node] ?? 0, this.#best[2 * node + 1] ?? 0);
    this.#best[node] = greater + (this.#added[node] ?? 0);
  }
}
