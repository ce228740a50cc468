/** A stretch of time, in milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * More than `allowed` spans that lie, with both ends, within less than `lengthMs`; the fewest that do: one more than
 * allowed. O(n log n).
 */
export function mostWithin<T extends Span>(
  spans: readonly T[],
  lengthMs: number,
  allowed: number,
): readonly T[] | undefined {
  const byEnd = spans.filter(({ from, to }) => to - from < lengthMs).sort((a, b) => a.to - b.to);
  const byStart = byEnd.map((span, rank) => ({ span, rank })).sort((a, b) => b.span.from - a.span.from);
  const counts = new Counts(byEnd.length);
  // From the last start to the first: what has been entered begins no earlier than the window.
  for (const { span, rank } of byStart) {
    counts.add(rank);
    const ranks = firstNotBefore(byEnd, span.from + lengthMs);
    if (counts.below(ranks) <= allowed) continue;
    const inside = byEnd.filter(({ from, to }) => from >= span.from && to < span.from + lengthMs);
    return inside.slice(0, allowed + 1);
  }
  return undefined;
}

/** How many spans, sorted by end, end before a time. */
function firstNotBefore(byEnd: readonly Span[], time: number): number {
  let low = 0;
  let high = byEnd.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((byEnd[middle]?.to ?? time) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Counts of ranks with sums of all below one: a Fenwick tree. */
class Counts {
  readonly #tree: Uint32Array;

  constructor(size: number) {
    this.#tree = new Uint32Array(size + 1);
  }

  add(rank: number): void {
    for (let at = rank + 1; at < this.#tree.length; at += at & -at)
      this.#tree[at] = (this.#tree[at] ?? 0) + 1;
  }

  below(rank: number): number {
    let sum = 0;
    for (let at = rank; at > 0; at -= at & -at) sum += this.#tree[at] ?? 0;
    return sum;
  }
}
