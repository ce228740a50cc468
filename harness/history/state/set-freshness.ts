import type { Json } from '../../plan/json.ts';
import type { History } from '../events.ts';
import { named, type Violation } from '../outcome.ts';
import type { Sweep } from '../sweep.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { elementsOf, shown, valueId } from '../value.ts';
import { type Element, isOfSet, SetElements } from './set-elements.ts';

/** A list under way, with how many elements it must show. */
interface OpenList {
  readonly operation: Operation;
  must: number;
}

/**
 * A list must show every element whose add was acknowledged before the list began and that no removal begun before the
 * list ended may have hit, and none whose removal was acknowledged before the list began.
 * @param own count only the acknowledged adds and removals of the listing client
 */
export function setFreshness(history: History, own: boolean): Sweep {
  const { keys } = timelineOf(history);
  const scope = (operation: Operation) =>
    own ? operation.key + operation.invoke.client * keys.length : operation.key;
  /** Elements that must be there, counted: comparing counts keeps a list of n elements at n steps. */
  const must = new Map<number, number>();
  const openLists: OpenList[][] = keys.map(() => []);
  const sets = new SetElements(history, (element) => {
    const { add, mayBeGoneFrom } = element;
    if (add.end > mayBeGoneFrom) return;
    must.set(scope(add), (must.get(scope(add)) ?? 0) - 1);
    for (const list of openLists[add.key] ?? []) if (counts(element, list.operation)) list.must -= 1;
  });
  const counts = ({ add }: Element, list: Operation) =>
    add.end < list.start && (!own || add.invoke.client === list.invoke.client);

  function judge(list: OpenList): Violation | undefined {
    const { operation } = list;
    let there = 0;
    for (const value of elementsOf(operation.completion?.value)) {
      const element = sets.find(operation.key, valueId(value));
      if (!element || element.shownBy === operation.start) continue;
      element.shownBy = operation.start;
      const { goneBy } = element;
      if (goneBy && element.goneAt < operation.start && (!own || sameClient(goneBy, operation))) {
        return violation(operation, `still shows ${shown(value)}`, goneBy, [element.add]);
      }
      if (element.mayBeGoneFrom > operation.end && counts(element, operation)) there += 1;
    }
    if (there >= list.must) return undefined;
    for (const element of sets.all(operation.key)) {
      const mustShow = element.mayBeGoneFrom > operation.end && counts(element, operation);
      if (!mustShow || element.shownBy === operation.start) continue;
      return violation(operation, `lacks ${shown(element.add.invoke.value as Json)}`, element.add, []);
    }
    return undefined;
  }

  return {
    unmet: () => sets.unmet(),
    begin(operation) {
      if (!isOfSet(operation)) return;
      if (operation.invoke.does !== 'list') return sets.begin(operation);
      if (operation.outcome !== 'ok') return;
      openLists[operation.key]?.push({ operation, must: must.get(scope(operation)) ?? 0 });
    },
    end(operation) {
      if (!isOfSet(operation)) return undefined;
      if (operation.invoke.does === 'list') {
        const open = openLists[operation.key] ?? [];
        const place = open.findIndex((list) => list.operation === operation);
        const [list] = open.splice(place, 1);
        return list && !sets.ambiguous.has(operation.key) ? judge(list) : undefined;
      }
      sets.end(operation);
      if (operation.invoke.does === 'add') {
        const element = sets.find(operation.key, valueId(operation.invoke.value));
        if (element && element.mayBeGoneFrom > operation.end) {
          must.set(scope(operation), (must.get(scope(operation)) ?? 0) + 1);
        }
      }
      return undefined;
    },
  };
}

const sameClient = (a: Operation, b: Operation) => a.invoke.client === b.invoke.client;

const violation = (
  list: Operation,
  what: string,
  acknowledged: Operation,
  before: readonly Operation[],
): Violation => ({
  reason: `${named(list)} ${what} after ${named(acknowledged)} was acknowledged`,
  operations: [...before, acknowledged, list],
});
