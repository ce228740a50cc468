import type { Span } from './most-within.ts';

/** More turns than these no one waits for; then nothing is said. */
const maxTurns = 2_000;

/**
 * Spans that show that windows which follow each other by one clock, `lengthMs` each, hold more than `allowed` of some key,
 * wherever the clock began: for every beginning a window is too full, however spans are placed between their ends. Undefined
 * where a beginning is found that explains everything.
 * @param keys the spans of each key
 */
export function overfilledByClock<T extends Span>(
  keys: readonly (readonly T[])[],
  lengthMs: number,
  allowed: number,
): readonly T[] | undefined {
  const zero = keys.reduce(
    (least, spans) => spans.reduce((a, { from }) => Math.min(a, from), least),
    Infinity,
  );
  // A later beginning gives spans more room until it passes the end of one: these are the only ones worth a try.
  const beginnings = [...new Set(keys.flat().map(({ to }) => (to - zero) % lengthMs))].sort((a, b) => a - b);
  const byEnd = keys.map((spans) => [...spans].sort((a, b) => a.to - b.to));
  const witness = new Set<T>();
  let turn = 0;
  for (let place = 0; place < beginnings.length; turn += 1) {
    if (turn === maxTurns) return undefined;
    const origin = zero + (beginnings[place] ?? 0);
    const over = firstOver(byEnd, origin, lengthMs, allowed);
    if (!over) return undefined;
    for (const span of over.spans) witness.add(span);
    // The same spans are too many for every beginning up to where the first of them would lie in the window before.
    place = firstAfter(beginnings, over.until - zero, place + 1);
  }
  return witness.size === 0 ? undefined : [...witness];
}

function firstAfter(sorted: readonly number[], value: number, from: number): number {
  let place = from;
  while (place < sorted.length && (sorted[place] ?? 0) <= value) place += 1;
  return place;
}

interface Over<T> {
  readonly spans: readonly T[];
  /** The last beginning of windows for which these are too many. */
  readonly until: number;
}

function firstOver<T extends Span>(
  keys: readonly (readonly T[])[],
  origin: number,
  lengthMs: number,
  allowed: number,
): Over<T> | undefined {
  for (const spans of keys) {
    const over = overOf(spans, origin, lengthMs, allowed);
    if (over) return over;
  }
  return undefined;
}

/** Spans by their end each take the first window with room; what finds none shows a run of windows with too many (Hall). */
function overOf<T extends Span>(
  byEnd: readonly T[],
  origin: number,
  lengthMs: number,
  allowed: number,
): Over<T> | undefined {
  const placeOf = (at: number) => Math.floor((at - origin) / lengthMs);
  const windows = new Map<number, T[]>();
  for (const span of byEnd) {
    const first = placeOf(span.from);
    const last = placeOf(span.to);
    let place = first;
    while (place <= last && (windows.get(place)?.length ?? 0) >= allowed) place += 1;
    if (place <= last) {
      const held = windows.get(place);
      if (held) held.push(span);
      else windows.set(place, [span]);
      continue;
    }
    const spans: T[] = [span];
    let lowest = first;
    for (let at = last; at >= lowest; at -= 1) {
      for (const each of windows.get(at) ?? []) {
        spans.push(each);
        lowest = Math.min(lowest, placeOf(each.from));
      }
    }
    const from = spans.reduce((least, each) => Math.min(least, each.from), Number.POSITIVE_INFINITY);
    return { spans, until: from - lowest * lengthMs };
  }
  return undefined;
}
