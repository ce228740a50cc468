import { overfilledByClock } from './clock-windows.ts';
import { overfilled } from './following-windows.ts';
import type { WindowOptions } from './limit-options.ts';
import { mostWithin } from './most-within.ts';
import type { Placed, Requests } from './requests.ts';
import { emptied } from './token-bucket.ts';

type Found = readonly Placed[] | undefined;

/** Requests that no windows of this kind admit; of no kind, where the kind is not known: one limiter has one for all its keys. */
export function overWindows(keys: readonly Requests[], options: WindowOptions): Found {
  const { window, limit: allowed, windowMs } = options;
  if (window === 'fixed') return overFixed(keys, options);
  const sliding = firstOf(keys, ({ admitted }) => mostWithin(admitted, windowMs, allowed));
  if (window === 'sliding' || !sliding) return sliding;
  const fixed = overFixed(keys, options);
  const bucket = fixed && firstOf(keys, ({ admitted }) => emptied(admitted, allowed, allowed / windowMs));
  return fixed && bucket && distinct([...sliding, ...fixed, ...bucket]);
}

function overFixed(keys: readonly Requests[], options: WindowOptions): Found {
  const { limit: allowed, windowMs, originMs, begins } = options;
  if (originMs !== undefined)
    return firstOf(keys, ({ admitted }) => overKnown(admitted, windowMs, allowed, originMs));
  // Windows that begin anywhere can be those of a clock, too: whoever is within these is within any.
  const following = firstOf(keys, ({ admitted, askedAt }) => {
    const isFirst = begins === 'request' || begins === 'either';
    const earliest = isFirst ? (askedAt[0] ?? 0) - (options.inexactMs ?? 1) : undefined;
    return overfilled(admitted, windowMs, allowed, earliest);
  });
  if (begins === undefined || begins === 'request') return following;
  if (!following && begins === 'either') return undefined;
  const byClock = overfilledByClock(
    keys.map(({ admitted }) => admitted),
    windowMs,
    allowed,
  );
  if (begins === 'clock') return byClock;
  return byClock && following && distinct([...following, ...byClock]);
}

function overKnown(spans: readonly Placed[], windowMs: number, allowed: number, originMs: number): Found {
  const windows = new Map<number, Placed[]>();
  for (const span of spans) {
    const place = Math.floor((span.from - originMs) / windowMs);
    if (Math.floor((span.to - originMs) / windowMs) !== place) continue;
    const inWindow = windows.get(place) ?? [];
    windows.set(place, inWindow);
    if (inWindow.push(span) > allowed) return inWindow;
  }
  return undefined;
}

function firstOf(keys: readonly Requests[], find: (requests: Requests) => Found): Found {
  for (const requests of keys) {
    const found = find(requests);
    if (found) return found;
  }
  return undefined;
}

const distinct = (spans: readonly Placed[]): readonly Placed[] => [...new Set(spans)];
