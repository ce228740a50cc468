import { goneBefore, isRemoval, isSurelyThere, type Presence, presencesOf } from '../effects/presence.ts';
import { invalid, named, notFound, type Violation } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { elementsOf, shown, type ValueId, valueId } from '../value.ts';
import type { Checker } from '../verdict.ts';

/**
 * Pages put together are the list. What comes or goes between two pages moves the rest on: by offset, an insertion may show an element
 * again and a removal may hide one; a cursor holds its place (Winand, "We need tool support for keyset pagination", 2013).
 */
export const pages: Checker = {
  name: 'pages',
  rule: 'What was there throughout a walk over all pages is shown exactly once; what was gone before is not shown.',
  needs: [
    'walks that say in `args.paging` whether they go by `offset` or by `cursor`',
    'elements are unique',
  ],
  check(history) {
    let counted = 0;
    for (const operations of timelineOf(history).keys) {
      const walks = operations.filter(isWalk);
      if (walks.length === 0) continue;
      const presences = presencesOf(operations, history.header.initial?.[walks[0]?.invoke.key ?? '']);
      const changes = operations.filter(({ outcome }) => outcome !== 'fail');
      for (const walk of walks) {
        counted += 1;
        const violation = judge(walk, presences, changes);
        if (violation) return invalid('pages', violation, counted);
      }
    }
    return notFound('pages', counted);
  },
};

const isWalk = ({ invoke: { does, args }, outcome }: Operation) =>
  does === 'walk' && outcome === 'ok' && typeof args?.paging === 'string';

function judge(
  walk: Operation,
  presences: readonly Presence[],
  changes: readonly Operation[],
): Violation | undefined {
  const times = new Map<ValueId, number>();
  for (const value of elementsOf(walk.completion?.value).map(valueId))
    times.set(value, (times.get(value) ?? 0) + 1);
  // An unknown change may come at any time after it began.
  const during = changes.filter((each) => each.start < walk.end && each.end > walk.start);
  const shifts = walk.invoke.args?.paging === 'cursor' ? [] : during;
  const doubled: Presence[] = [];
  const missing: Presence[] = [];
  for (const presence of presences) {
    const count = times.get(presence.name) ?? 0;
    const more = count - Math.max(1, timesAdded(presence));
    for (let left = more; left > 0; left -= 1) doubled.push(presence);
    const gone = count > 0 ? goneBefore(presence, walk) : undefined;
    if (gone) {
      const reason = `${named(walk)} shows ${shown(presence.value)}, which ${named(gone)} had removed`;
      return { reason, operations: [...presence.adds, gone, walk] };
    }
    if (count === 0 && isSurelyThere(presence, walk)) missing.push(presence);
  }
  if (doubled.length > shifts.filter(({ invoke }) => invoke.does === 'add').length)
    return finding(walk, doubled, `shows ${doubled.length} element(s) again`);
  if (missing.length > shifts.filter(isRemoval).length)
    return finding(walk, missing, `lacks ${missing.length} element(s)`);
  return undefined;
}

/** Adds that were sent again under one idempotency key are one. */
const timesAdded = ({ adds, isOld }: Presence): number =>
  new Set(adds.map(({ invoke }) => invoke.idempotencyKey ?? invoke.op)).size + (isOld ? 1 : 0);

function finding(walk: Operation, [first, ...others]: readonly Presence[], what: string): Violation {
  const adds = [first, ...others].flatMap((presence) => presence?.adds ?? []);
  return { reason: `${named(walk)} ${what}, such as ${shown(first?.value)}`, operations: [...adds, walk] };
}
