import { invalid, named, notFound, type Violation } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { elementsOf, shown, type ValueId, valueId } from '../value.ts';
import type { Checker } from '../verdict.ts';

/** Several items in one request come together or not at all: atomicity, as Adya (1999) has it for reads of what others write. */
export const allOrNothing: Checker = {
  name: 'all-or-nothing',
  rule: 'A list shows all elements that one request added or none of them, and none of a refused request.',
  needs: ['requests that add several elements, as parts of one operation', 'elements are unique'],
  check(history) {
    let counted = 0;
    for (const operations of timelineOf(history).keys) {
      const batches = batchesOf(operations);
      if (batches.length === 0) continue;
      const removals = operations.filter(
        ({ invoke, outcome }) => (invoke.does === 'remove' || invoke.does === 'delete') && outcome !== 'fail',
      );
      for (const list of operations) {
        if (list.invoke.does !== 'list' || list.outcome !== 'ok') continue;
        counted += 1;
        const seen = new Set(elementsOf(list.completion?.value).map(valueId));
        for (const batch of batches) {
          const violation = judge(list, seen, batch, removals);
          if (violation) return invalid('all-or-nothing', violation, counted);
        }
      }
    }
    return notFound('all-or-nothing', counted, undefined, 'no list beside a request with several elements');
  },
};

/** Adds of one request; elements that another request adds as well say nothing of this one. */
function batchesOf(operations: readonly Operation[]): readonly (readonly Operation[])[] {
  const adds = operations.filter(({ invoke }) => invoke.does === 'add');
  const times = Map.groupBy(adds, ({ invoke }) => valueId(invoke.value));
  const groups = Map.groupBy(adds, ({ invoke }) => invoke.partOf);
  groups.delete(undefined);
  return [...groups.values()].filter(
    (batch) =>
      batch.length > 1 && batch.every(({ invoke }) => times.get(valueId(invoke.value))?.length === 1),
  );
}

function judge(
  list: Operation,
  seen: ReadonlySet<ValueId>,
  batch: readonly Operation[],
  removals: readonly Operation[],
): Violation | undefined {
  const there = batch.find(({ invoke }) => seen.has(valueId(invoke.value)));
  if (!there) return undefined;
  if (there.outcome === 'fail' && there.end < list.start) {
    return {
      reason: `${named(list)} shows ${shown(there.invoke.value)} of the refused ${named(there)}`,
      operations: [there, list],
    };
  }
  const lacking = batch.find(
    (add) =>
      !seen.has(valueId(add.invoke.value)) && !removals.some((each) => mayHaveRemoved(each, add, list)),
  );
  if (!lacking) return undefined;
  return {
    reason: `${named(list)} shows ${shown(there.invoke.value)} and lacks ${shown(lacking.invoke.value)} of one request`,
    operations: [there, lacking, list],
  };
}

/** A deletion of everything need not happen at one moment, so it excuses too. */
const mayHaveRemoved = ({ invoke, start, end }: Operation, add: Operation, list: Operation) =>
  start < list.end &&
  end > add.start &&
  (invoke.does === 'delete' || valueId(invoke.value) === valueId(add.invoke.value));
