import type { Span } from './most-within.ts';
import type { Placed, Requests } from './requests.ts';

/** A refusal before which fewer than `limit` can have been admitted within `lengthMs`. O(n log n). */
export function wrongRefusal(
  { possible, refused }: Pick<Requests, 'refused'> & { readonly possible: readonly Span[] },
  lengthMs: number,
  limit: number,
): Placed | undefined {
  if (refused.length === 0) return undefined;
  const starts = possible.map(({ from }) => from).sort((a, b) => a - b);
  const ends = possible.map(({ to }) => to).sort((a, b) => a - b);
  return refused.find(({ from, to }) => upTo(starts, to) - below(ends, from - lengthMs) < limit);
}

/** How many of sorted numbers are at most so great. */
function upTo(sorted: readonly number[], value: number): number {
  return countOf(sorted, (each) => each <= value);
}

function below(sorted: readonly number[], value: number): number {
  return countOf(sorted, (each) => each < value);
}

function countOf(sorted: readonly number[], isWithin: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isWithin(sorted[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
