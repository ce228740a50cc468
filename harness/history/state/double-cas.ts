import type { Effects } from '../effects/effects.ts';
import type { Settled } from '../effects/settled.ts';
import { writtenBy } from '../effects/written-values.ts';
import { named, type Violation } from '../outcome.ts';
import type { Operation } from '../timeline.ts';
import { shown, type ValueId, valueId } from '../value.ts';

/**
 * Two cas that both replaced a value that was there once: each saw what the other had replaced. Judged only where nothing can
 * have made the value again: there are more cas than times it can have been made, or all that made it had ended before a last
 * acknowledged write of it, and that before the cas began.
 */
export function doubleCas(effects: Effects, { key, updates }: Settled): Violation | undefined {
  if (!updates.some(({ invoke }) => invoke.does === 'cas')) return undefined;
  const replaced = new Map<ValueId, Operation[]>();
  for (const cas of updates) {
    if (cas.invoke.does !== 'cas' || cas.outcome !== 'ok') continue;
    const from = valueId(cas.invoke.from);
    const others = replaced.get(from);
    if (others) others.push(cas);
    else replaced.set(from, [cas]);
  }
  for (const [from, all] of replaced) {
    if (all.length < 2) continue;
    const writers = updates.filter((update) => writtenBy(update) === from);
    const pair = all.length > writers.length + (effects.stated.has(key) ? 0 : 1) ? all : after(writers, all);
    const [one, other] = pair;
    if (!one || !other) continue;
    const reason = `${named(one)} and ${named(other)} both replaced ${shown(other.invoke.from)}`;
    return { reason, operations: [...writers, ...(pair === all ? all : [one, other])] };
  }
  return undefined;
}

/** Those that began after the last write of the value, where it is certain which that was. */
function after(writers: readonly Operation[], all: readonly Operation[]): readonly Operation[] {
  const last = writers.reduce<Operation | undefined>(
    (latest, writer) => (latest && latest.start > writer.start ? latest : writer),
    undefined,
  );
  if (!last || writers.some((writer) => writer !== last && writer.end >= last.start)) return [];
  return all.filter(({ start }) => start > last.end);
}
