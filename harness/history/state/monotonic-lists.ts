import type { Effects } from '../effects/effects.ts';
import { type Element, Elements } from '../effects/element.ts';
import { back, perReader } from '../effects/reader.ts';
import type { Sweep } from '../effects/sweep.ts';
import type { Violation } from '../outcome.ts';
import type { Operation } from '../timeline.ts';
import { elementsOf, shown, type ValueId, valueId } from '../value.ts';

/** What a client has seen of a collection by its lists, one after the other. */
interface Seen {
  list: Operation;
  ids: ReadonlySet<ValueId>;
  /** What was there and then was not: the list that showed it, and the one that lacked it. */
  gone: Map<ValueId, readonly [shown: Operation, lacked: Operation]> | undefined;
}

/**
 * What a client's list has shown a later one must show, unless a removal may have come between; and what was gone then must
 * not be there again, unless an addition may have come between.
 */
export function monotonicLists(effects: Effects): Sweep {
  const states = effects.keys.map(() => undefined as Elements | undefined);
  const seen = perReader<Seen>(effects);
  let judged = 0;
  const elementsAt = ({ key }: Operation): Elements => {
    const elements = states[key] ?? new Elements();
    states[key] = elements;
    return elements;
  };

  return {
    judged: () => judged,
    begin: (operation) => elementsAt(operation).begin(operation),
    end(operation) {
      const elements = elementsAt(operation);
      if (operation.invoke.does !== 'list') {
        elements.end(operation);
        return undefined;
      }
      const before = seen.get(operation);
      // Lists of one client that overlap have no order: the later one is passed over.
      if (before && before.list.end > operation.start) return undefined;
      if (before) judged += 1;
      const ids = idsOf(operation);
      if (!before) {
        seen.set(operation, { list: operation, ids, gone: undefined });
        return undefined;
      }
      const violation = compare(elements, before, operation, ids, effects.stated.has(operation.key));
      before.list = operation;
      before.ids = ids;
      return violation;
    },
  };
}

function idsOf({ completion }: Operation): ReadonlySet<ValueId> {
  const ids = new Set<ValueId>();
  for (const value of elementsOf(completion?.value)) ids.add(valueId(value));
  return ids;
}

function compare(
  elements: Elements,
  seen: Seen,
  list: Operation,
  ids: ReadonlySet<ValueId>,
  isStated: boolean,
): Violation | undefined {
  for (const [id, [before, lacked]] of seen.gone ?? []) {
    if (!ids.has(id)) continue;
    const element = elements.find(id);
    if (!mayBeBack(elements, element, isStated)) {
      const added = element?.add ? [element.add] : [];
      return back(lacked, list, [...added, before], `: ${shown(id)} is back`);
    }
    seen.gone?.delete(id);
  }
  for (const id of seen.ids) {
    if (ids.has(id)) continue;
    const element = elements.find(id);
    if (!mayBeGone(elements, element, isStated)) {
      const added = element?.add ? [element.add] : [];
      return back(seen.list, list, added, `: ${shown(id)} is gone`);
    }
    seen.gone ??= new Map();
    seen.gone.set(id, [seen.list, list]);
  }
  return undefined;
}

/**
 * Whether a removal may have hit an element after it was first there, which may have been at the beginning unless the header
 * says what that was. What nobody added is nobody's to judge.
 */
function mayBeGone(elements: Elements, element: Element | undefined, isStated: boolean): boolean {
  if (!element?.add) return true;
  const until = elements.removedUntil(element);
  if (until === Number.NEGATIVE_INFINITY) return false;
  return !isStated || until > element.addedFrom;
}

/** Whether an element may have been added after a removal, once it had been there. */
function mayBeBack(elements: Elements, element: Element | undefined, isStated: boolean): boolean {
  if (!element?.add) return true;
  if (isStated && element.additions < 2) return false;
  return element.add.end > Math.min(element.removedFrom, elements.clearedFrom);
}
