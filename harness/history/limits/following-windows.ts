import { mostWithin, type Span } from './most-within.ts';

interface Item<T> extends Span {
  readonly span: T;
}

/**
 * Spans for which no sequence of windows can be found, each `lengthMs` long and none before the end of the one before, such that
 * none holds more than `allowed`; every span is placed where it fits best. Windows may begin with a request, so that there are
 * gaps between them. O(n log n).
 * @param earliest no window begins before it
 */
export function overfilled<T extends Span>(
  spans: readonly T[],
  lengthMs: number,
  allowed: number,
  earliest = Number.NEGATIVE_INFINITY,
): readonly T[] | undefined {
  const twice = mostWithin(spans, lengthMs, 2 * allowed);
  if (twice) return twice;
  const items = inLine(spans.filter(({ from, to }) => to - from < lengthMs / 4));
  const misfit = firstMisfit(items, lengthMs, allowed, earliest);
  if (misfit === undefined) return undefined;
  // The shortest run up to it that does not fit by itself: the more there are, the less they fit.
  let fits = misfit + 1;
  let doesNot = 0;
  while (fits - doesNot > 1) {
    const middle = (fits + doesNot) >>> 1;
    const run = items.slice(middle, misfit + 1);
    if (firstMisfit(run, lengthMs, allowed, earliest) === undefined) fits = middle;
    else doesNot = middle;
  }
  return items.slice(doesNot, misfit + 1).map(({ span }) => span);
}

/**
 * By their end, with beginnings that do not go back either: a span within another begins with it here. That gives it more room,
 * so nothing that fits is called a misfit. Spans in line can be dealt out to windows in their order.
 */
function inLine<T extends Span>(spans: readonly T[]): readonly Item<T>[] {
  const byEnd = [...spans].sort((a, b) => a.to - b.to || a.from - b.from);
  const items: Item<T>[] = new Array(byEnd.length);
  let from = Number.POSITIVE_INFINITY;
  for (let place = byEnd.length - 1; place >= 0; place -= 1) {
    const span = byEnd[place] as T;
    from = Math.min(from, span.from);
    items[place] = { from, to: span.to, span };
  }
  return items;
}

/**
 * Deals items out from the first to the last. Of all ways to do so up to an item, the one whose last window begins earliest leaves
 * most room for the rest, and it is the one whose last window holds most.
 */
function firstMisfit(
  items: readonly Span[],
  lengthMs: number,
  allowed: number,
  earliest: number,
): number | undefined {
  // Where the last window begins, at the earliest, when so many items are dealt out.
  const begins = new Float64Array(items.length + 1);
  begins[0] = earliest - lengthMs;
  let before = 0;
  for (let dealt = 1; dealt <= items.length; dealt += 1) {
    const after = (items[dealt - 1] as Span).from - lengthMs;
    while (before < dealt) {
      const begin = (begins[before] as number) + lengthMs;
      const until = (items[before] as Span).to;
      if (dealt - before <= allowed && begin <= until && until > after) break;
      before += 1;
    }
    if (before === dealt) return dealt - 1;
    begins[dealt] = Math.max((begins[before] as number) + lengthMs, after);
  }
  return undefined;
}
