import { invalid, named, notFound, type Violation } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { elementsOf, shown, type ValueId, valueId } from '../value.ts';
import type { Checker } from '../verdict.ts';

/** A collection that keeps its newest elements: `insert` puts one in and drops the oldest beyond the cap. */
export const capped: Checker = {
  name: 'capped',
  rule: 'No more elements than the cap are shown; only the oldest are dropped, and those are.',
  needs: ['walks that say in `args.cap` how many are kept', 'elements are unique and nobody removes them'],
  check(history) {
    let counted = 0;
    for (const operations of timelineOf(history).keys) {
      const inserts = operations.filter(
        ({ invoke, outcome }) => invoke.does === 'insert' && outcome !== 'fail',
      );
      const removal = operations.find(({ invoke: { does } }) => does === 'remove' || does === 'delete');
      for (const walk of operations) {
        const cap = walk.invoke.args?.cap;
        if (walk.invoke.does !== 'walk' || walk.outcome !== 'ok' || typeof cap !== 'number') continue;
        if (removal) return notFound('capped', counted, `elements of "${walk.invoke.key}" were removed`);
        counted += 1;
        const old = elementsOf(history.header.initial?.[walk.invoke.key]).length;
        const violation = judge(walk, cap, inserts) ?? tooFew(walk, cap, old, inserts);
        if (violation) return invalid('capped', violation, counted);
      }
    }
    return notFound('capped', counted);
  },
};

function judge(walk: Operation, cap: number, inserts: readonly Operation[]): Violation | undefined {
  const values = elementsOf(walk.completion?.value).map(valueId);
  const seen = new Set<ValueId>(values);
  if (values.length > cap) {
    const recent = inserts.filter(({ start }) => start < walk.end).slice(-2);
    const reason = `${named(walk)} shows ${values.length} elements where ${cap} are kept`;
    return { reason, operations: [...recent, walk] };
  }
  for (const insert of inserts) {
    const isShown = seen.has(valueId(insert.invoke.value));
    const others = inserts.filter((other) => other !== insert);
    if (!isShown && insert.outcome === 'ok' && insert.end < walk.start) {
      const newer = others.filter(({ start, end }) => start < walk.end && end > insert.start);
      if (newer.length >= cap) continue;
      const reason = `${named(walk)} lacks ${shown(insert.invoke.value)}, behind which only ${newer.length} can have come`;
      return { reason, operations: [insert, ...newer.slice(-2), walk] };
    }
    if (isShown) {
      const newer = others.filter(({ start, end }) => end < walk.start && start > insert.end);
      if (newer.length < cap) continue;
      const reason = `${named(walk)} still shows ${shown(insert.invoke.value)} after ${newer.length} newer ones`;
      return { reason, operations: [insert, ...newer.slice(-1), walk] };
    }
  }
  return undefined;
}

/** Room may be made before an element comes: each one under way may leave the list one shorter. */
function tooFew(
  walk: Operation,
  cap: number,
  old: number,
  inserts: readonly Operation[],
): Violation | undefined {
  const there = inserts.filter(({ outcome, end }) => outcome === 'ok' && end < walk.start).length;
  const underWay = inserts.filter(({ start, end }) => start < walk.end && end > walk.start).length;
  const count = new Set(elementsOf(walk.completion?.value).map(valueId)).size;
  const least = Math.min(cap, old + there) - underWay;
  if (count >= least) return undefined;
  const recent = inserts.filter(({ start }) => start < walk.end).slice(-2);
  const reason = `${named(walk)} shows ${count} elements of at least ${least}`;
  return { reason, operations: [...recent, walk] };
}
