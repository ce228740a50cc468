import { Acknowledged } from '../effects/acknowledged.ts';
import type { Effects } from '../effects/effects.ts';
import { type Element, Elements } from '../effects/element.ts';
import { isAddition } from '../effects/object-kind.ts';
import type { Sweep } from '../effects/sweep.ts';
import { named, type Violation } from '../outcome.ts';
import type { Operation } from '../timeline.ts';
import { elementsOf, shown, valueId } from '../value.ts';

/** What was acknowledged to one client, or to any. */
interface View {
  /** How many elements are surely there. */
  sure: number;
  hasRemoved: boolean;
  readonly cleared: Acknowledged;
}

/** A list under way, with how many elements it must show. */
interface OpenList {
  readonly list: Operation;
  readonly view: View;
  must: number;
  /** Something was acknowledged before, so that there is something to judge. */
  readonly isJudged: boolean;
}

interface SetState {
  readonly elements: Elements;
  readonly views: Map<number, View>;
  readonly lists: OpenList[];
}

/**
 * A list must show every element of which an addition was acknowledged before the list began and that no removal begun before
 * the list ended may have hit since; and none of which a removal was acknowledged before the list began and that no addition
 * may have brought back since. Counts are compared first: this keeps a list of n elements at n steps.
 * @param own count only the acknowledged additions and removals of the listing client
 */
export function setFreshness({ keys }: Effects, own: boolean): Sweep {
  const states: (SetState | undefined)[] = new Array(keys.length);
  let judged = 0;

  function stateOf({ key }: Operation): SetState {
    const state = states[key] ?? { elements: new Elements(), views: new Map(), lists: [] };
    states[key] = state;
    return state;
  }

  function viewOf({ views }: SetState, { invoke }: Operation): View {
    const client = own ? invoke.client : 0;
    const known = views.get(client);
    if (known) return known;
    const view = { sure: 0, hasRemoved: false, cleared: new Acknowledged() };
    views.set(client, view);
    return view;
  }

  function end(state: SetState, operation: Operation): void {
    const { does, value } = operation.invoke;
    const view = viewOf(state, operation);
    state.elements.end(operation);
    if (does === 'delete') view.cleared.add(operation);
    if (does === 'remove') view.hasRemoved = true;
    if (!isAddition(operation)) return;
    const element = state.elements.find(valueId(value));
    if (!element || element.sure.some((sure) => sure.view === view)) return;
    if (state.elements.removedUntil(element) > operation.start) return;
    element.sure.push({ view, add: operation, since: operation.end });
    view.sure += 1;
  }

  return {
    judged: () => judged,
    begin(operation) {
      const state = stateOf(operation);
      if (operation.invoke.does === 'list') {
        if (operation.outcome !== 'ok') return;
        const view = viewOf(state, operation);
        const must = view.sure;
        const isJudged = must > 0 || view.hasRemoved || view.cleared.before(operation.start) !== undefined;
        state.lists.push({ list: operation, view, must, isJudged });
        return;
      }
      state.elements.begin(operation);
      if (operation.invoke.does === 'remove') {
        const element = state.elements.find(valueId(operation.invoke.value));
        if (element) unsure(state, element);
      } else if (operation.invoke.does === 'delete') {
        for (const element of state.elements.all()) unsure(state, element);
      }
    },
    end(operation) {
      const state = stateOf(operation);
      if (operation.invoke.does !== 'list') {
        end(state, operation);
        return undefined;
      }
      const place = state.lists.findIndex(({ list }) => list === operation);
      const [open] = state.lists.splice(place, 1);
      if (!open) return undefined;
      if (open.isJudged) judged += 1;
      return judge(state, open, own);
    },
  };
}

/** An element that a removal that begins may hit is not sure to be there any more. */
function unsure({ lists }: SetState, element: Element): void {
  for (const { view, since } of element.sure) {
    (view as View).sure -= 1;
    for (const open of lists) if (open.view === view && since < open.list.start) open.must -= 1;
  }
  element.sure.length = 0;
}

function judge({ elements }: SetState, { list, view, must }: OpenList, own: boolean): Violation | undefined {
  const cleared = view.cleared.before(list.start);
  const seen = elementsOf(list.completion?.value);
  let there = 0;
  for (const value of seen) {
    const id = valueId(value);
    const element = elements.find(id);
    let removed: Operation | undefined;
    if (element) {
      if (element.shownBy === list.start) continue;
      element.shownBy = list.start;
      const { sure, removals } = element;
      for (let at = 0; at < sure.length; at += 1)
        if (sure[at]?.view === view && Number(sure[at]?.since) < list.start) there += 1;
      if (removals.length > 0) removed = removalOf(element, list, own);
    }
    if (!cleared && !removed) continue;
    const removal = (removed?.start ?? -1) > (cleared?.start ?? -1) ? removed : cleared;
    if (!removal || removal.start < 0 || (element?.add?.end ?? -Infinity) >= removal.start) continue;
    const before = element?.add ? [element.add] : [];
    return violation(list, `still shows ${shown(value)}`, removal, before);
  }
  if (there >= must) return undefined;
  for (const element of elements.all()) {
    const sure = element.sure.find(({ view: of, since }) => of === view && since < list.start);
    if (!sure || element.shownBy === list.start) continue;
    return violation(list, `lacks ${shown(sure.add.invoke.value)}`, sure.add, []);
  }
  return undefined;
}

/** The removal that began last of those acknowledged before a list began; none where it may have left a second one. */
function removalOf({ removals, isRepeated }: Element, list: Operation, own: boolean): Operation | undefined {
  let latest: Operation | undefined;
  for (const removal of isRepeated ? [] : removals) {
    if (removal.end > list.start || (own && removal.invoke.client !== list.invoke.client)) continue;
    if (!latest || latest.start < removal.start) latest = removal;
  }
  return latest;
}

const violation = (
  list: Operation,
  what: string,
  acknowledged: Operation,
  before: readonly Operation[],
): Violation => ({
  reason: `${named(list)} ${what} after ${named(acknowledged)} was acknowledged`,
  operations: [...before, acknowledged, list],
});
