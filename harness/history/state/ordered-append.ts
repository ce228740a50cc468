import { type Effects, effectsOf } from '../effects/effects.ts';
import { Elements } from '../effects/element.ts';
import { isAddition } from '../effects/object-kind.ts';
import { judgeBySweep, type Sweep } from '../effects/sweep.ts';
import { named, type Violation } from '../outcome.ts';
import type { Operation } from '../timeline.ts';
import { elementsOf, shown, type ValueId, valueId } from '../value.ts';
import type { Checker } from '../verdict.ts';

/** A sequence keeps what was appended, in one order: Jepsen's list-append, with real time (Kingsbury and Alvaro 2020). */
export const orderedAppend: Checker = {
  name: 'ordered-append',
  rule: 'Every list shows what was appended before, each once, in one order that keeps to real time and only grows at its end.',
  needs: [
    'keys with append and list; a list is the whole sequence, in order',
    'appended elements are unique and were not there before; what nobody appended is passed over',
  ],
  check(history) {
    const effects = effectsOf(history);
    const nothing = 'no list of a sequence showed or lacked what was appended';
    return judgeBySweep('ordered-append', effects, { sequence: sequenceRule(effects) }, nothing);
  },
};

/** An appended element as a list shows it. */
interface Place {
  readonly id: ValueId;
  readonly add: Operation;
}

interface Longest {
  readonly list: Operation;
  readonly places: readonly Place[];
}

interface State {
  readonly elements: Elements;
  /** Elements that may be there from elsewhere than one append: of their places nothing is said. */
  readonly unclear: ReadonlySet<ValueId>;
  isReduced: boolean;
  /** Acknowledged appends that no removal begun so far may have hit, in the order of their answers. */
  sure: Operation[];
  /** The list that showed most while nothing was removed; all others are a part of it. */
  longest: Longest | undefined;
  /** The last list of all that showed something. */
  last: Longest | undefined;
}

function sequenceRule({ keys, kinds }: Effects): Sweep {
  const states = keys.map(
    (operations, key): State => ({
      elements: new Elements(),
      unclear: kinds[key] === 'sequence' ? unclearElements(operations) : new Set(),
      isReduced: false,
      sure: [],
      longest: undefined,
      last: undefined,
    }),
  );
  let judged = 0;
  return {
    judged: () => judged,
    begin(operation) {
      const state = states[operation.key];
      const { does, value } = operation.invoke;
      if (!state) return;
      state.elements.begin(operation);
      if (does !== 'remove' && does !== 'delete') return;
      if (operation.start >= 0) state.isReduced = true;
      state.sure =
        does === 'delete' ? [] : state.sure.filter(({ invoke }) => valueId(invoke.value) !== valueId(value));
    },
    end(operation) {
      const state = states[operation.key];
      if (!state) return undefined;
      if (operation.invoke.does === 'list') {
        const places = placesOf(state, operation);
        const hasSure = state.sure.some(({ end }) => end < operation.start);
        if (places.length > 0 || hasSure) judged += 1;
        return judge(state, operation, places);
      }
      state.elements.end(operation);
      const element = state.elements.find(valueId(operation.invoke.value));
      if (operation.invoke.does === 'append' && element) {
        if (state.elements.removedUntil(element) < operation.start) state.sure.push(operation);
      }
      return undefined;
    },
  };
}

/** Elements that were added twice, or listed before they were added: to whom they are due is not clear. */
export function unclearElements(operations: readonly Operation[]): ReadonlySet<ValueId> {
  const added = new Map<ValueId, Operation>();
  const unclear = new Set<ValueId>();
  for (const operation of operations) {
    if (!isAddition(operation) || operation.outcome === 'fail') continue;
    const value = valueId(operation.invoke.value);
    if (added.has(value)) unclear.add(value);
    added.set(value, operation);
  }
  for (const { invoke, completion, end } of operations) {
    if (invoke.does !== 'list') continue;
    for (const value of elementsOf(completion?.value))
      if (end < (added.get(valueId(value))?.start ?? -1)) unclear.add(valueId(value));
  }
  return unclear;
}

/** What a list shows of what was appended once. */
function placesOf({ elements, unclear }: State, list: Operation): readonly Place[] {
  return elementsOf(list.completion?.value).flatMap((value) => {
    const id = valueId(value);
    const add = elements.find(id)?.add;
    return add && !unclear.has(id) ? [{ id, add }] : [];
  });
}

function judge(state: State, list: Operation, places: readonly Place[]): Violation | undefined {
  const violation =
    twice(list, places) ?? lost(state, list) ?? outOfTime(list, places) ?? swapped(state.last, list, places);
  if (violation) return violation;
  if (places.length > 0) state.last = { list, places };
  return state.isReduced ? undefined : grown(state, list, places);
}

function twice(list: Operation, places: readonly Place[]): Violation | undefined {
  const seen = new Set<ValueId>();
  for (const { id, add } of places) {
    if (seen.has(id))
      return {
        reason: `${named(list)} shows ${shown(id)} twice, it was appended once`,
        operations: [add, list],
      };
    seen.add(id);
  }
  return undefined;
}

function lost({ sure }: State, list: Operation): Violation | undefined {
  const seen = new Set(elementsOf(list.completion?.value).map(valueId));
  const add = sure.find(({ invoke, end }) => end < list.start && !seen.has(valueId(invoke.value)));
  if (!add) return undefined;
  const reason = `${named(list)} lacks ${shown(add.invoke.value)} after ${named(add)} was acknowledged`;
  return { reason, operations: [add, list] };
}

/** Something stands behind what began only after it had been acknowledged. */
function outOfTime(list: Operation, places: readonly Place[]): Violation | undefined {
  let latest: Operation | undefined;
  for (const { add } of places) {
    if (latest && add.end < latest.start) {
      const reason = `${named(list)} shows ${shown(add.invoke.value)} behind ${shown(latest.invoke.value)}, whose ${named(latest)} began after it was acknowledged`;
      return { reason, operations: [add, latest, list] };
    }
    if (!latest || latest.start < add.start) latest = add;
  }
  return undefined;
}

/** Two elements stand in another order than in the list before. */
function swapped(
  before: Longest | undefined,
  list: Operation,
  places: readonly Place[],
): Violation | undefined {
  if (!before) return undefined;
  const ranks = new Map(before.places.map(({ id }, rank) => [id, rank]));
  let highest: Place | undefined;
  for (const place of places) {
    const rank = ranks.get(place.id);
    if (rank === undefined) continue;
    if (highest && rank < (ranks.get(highest.id) ?? -1)) {
      const reason = `${named(before.list)} shows ${shown(place.id)} before ${shown(highest.id)}, ${named(list)} behind it`;
      return { reason, operations: [place.add, highest.add, before.list, list] };
    }
    highest = place;
  }
  return undefined;
}

/** While nothing is removed every list is the beginning of every longer one, and later ones are not shorter. */
function grown(state: State, list: Operation, places: readonly Place[]): Violation | undefined {
  const { longest } = state;
  if (!longest) {
    state.longest = { list, places };
    return undefined;
  }
  const isLonger = places.length > longest.places.length;
  if (isLonger) state.longest = { list, places };
  const [short, long] = isLonger ? [longest, { list, places }] : [{ list, places }, longest];
  const at = short.places.findIndex(({ id }, rank) => long.places[rank]?.id !== id);
  const odd = long.places[at];
  if (odd) {
    const reason = `${named(long.list)} shows ${shown(odd.id)} before the end of what ${named(short.list)} shows without it`;
    return { reason, operations: [odd.add, short.list, long.list] };
  }
  const missing = longest.places[places.length];
  if (isLonger || !missing || longest.list.end > list.start) return undefined;
  const reason = `${named(longest.list)} showed ${shown(missing.id)}, ${named(list)} after it does not`;
  return { reason, operations: [missing.add, longest.list, list] };
}
