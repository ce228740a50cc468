import { invalid, named, notFound, type Violation } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { elementsOf, shown, type ValueId, valueId } from '../value.ts';
import type { Checker } from '../verdict.ts';

/** A collection has the order that it promises. */
export const listOrder: Checker = {
  name: 'list-order',
  rule: 'Of two elements of which one was acknowledged before the other was begun, lists show the newer one first (or last).',
  needs: [
    'lists and walks that say in `args.order`: `newest-first` or `oldest-first`',
    'elements are unique; `args.orderMs`: made within so many milliseconds they may stand either way',
  ],
  check(history) {
    let counted = 0;
    for (const operations of timelineOf(history).keys) {
      const addOf = addsOf(operations);
      const changes = operations.filter(isChange);
      for (const list of operations) {
        const { does, args } = list.invoke;
        if ((does !== 'list' && does !== 'walk') || list.outcome !== 'ok' || args?.order === undefined)
          continue;
        if (args.paging === 'offset' && changes.some((change) => areBeside(change, list))) continue;
        const adds = firstShown(list)
          .flatMap((value) => addOf.get(value) ?? [])
          // What comes during a walk may come so many at a time that a later page shows some of it.
          .filter(({ end }) => args.paging === undefined || end < list.start);
        if (adds.length < 2) continue;
        counted += 1;
        const violation = judge(list, args.order === 'newest-first' ? adds : adds.toReversed());
        if (violation) return invalid('list-order', violation, counted);
      }
    }
    return notFound('list-order', counted, undefined, 'no list of two elements whose creation was seen');
  },
};

const isChange = ({ invoke: { does }, outcome }: Operation) =>
  outcome !== 'fail' && (does === 'add' || does === 'insert' || does === 'remove' || does === 'delete');

/** By offset, a removal and then an insertion between pages may hide an element and show it later. */
const areBeside = (change: Operation, walk: Operation) => change.start < walk.end && change.end > walk.start;

/** Elements that were added once, whose place is therefore known. */
function addsOf(operations: readonly Operation[]): ReadonlyMap<ValueId, Operation> {
  const adds = new Map<ValueId, Operation>();
  const again = new Set<ValueId>();
  for (const operation of operations) {
    const { does, value } = operation.invoke;
    if ((does !== 'add' && does !== 'insert') || operation.outcome === 'fail') continue;
    if (adds.has(valueId(value))) again.add(valueId(value));
    adds.set(valueId(value), operation);
  }
  for (const value of again) adds.delete(value);
  return adds;
}

/** Pages may show an element again when others come meanwhile: its first place counts. */
const firstShown = ({ completion }: Operation): readonly ValueId[] => [
  ...new Set(elementsOf(completion?.value).map(valueId)),
];

/** @param newest the elements, newest first if the order is kept */
function judge(list: Operation, newest: readonly Operation[]): Violation | undefined {
  const { orderMs = 0 } = list.invoke.args ?? {};
  // Of those that stand behind, the one made last: whatever stands before it must not surely be older.
  let latest: Operation | undefined;
  for (const add of newest.toReversed()) {
    const endedAt = add.completion?.at ?? Number.POSITIVE_INFINITY;
    if (latest && add.end < latest.start && endedAt + Number(orderMs) <= latest.invoke.at) {
      const [older, newer] = [add.invoke.value, latest.invoke.value];
      const reason = `${named(list)} has ${shown(older)} in the place of ${shown(newer)}, which was made later`;
      return { reason, operations: [add, latest, list] };
    }
    if (!latest || add.start > latest.start) latest = add;
  }
  return undefined;
}
