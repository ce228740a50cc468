import type { History } from '../events.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { type ValueId, valueId } from '../value.ts';

/** What is known of one element of a set while a history is gone through. */
export interface Element {
  readonly add: Operation;
  /** Where the first removal that may have hit it began; infinite while there was none. */
  mayBeGoneFrom: number;
  /** Where the removal that surely hit it ended, and which that was. */
  goneAt: number;
  goneBy: Operation | undefined;
  /** Start of the list that showed it last: for counting what a list shows, each element once. */
  shownBy: number;
}

interface SetState {
  readonly elements: Map<ValueId, Element>;
  /** Elements that no clear may have hit yet; some were removed one by one. */
  live: Element[];
  openClears: number;
  /** Removals under way of what had not been added when they began. */
  readonly early: Map<ValueId, number>;
  /** Elements that were surely there when the clear began. */
  readonly cleared: Map<Operation, readonly Element[]>;
}

export type OnMaybeGone = (element: Element) => void;

/** Keeps, per key, which elements of a set must be there, may be gone or must be gone. Adds must be of unique values. */
export class SetElements {
  /** Keys to which an element was added twice: from then on nothing can be said about them. */
  readonly ambiguous = new Set<number>();
  readonly #states: SetState[];
  readonly #history: History;
  readonly #onMaybeGone: OnMaybeGone;

  constructor(history: History, onMaybeGone: OnMaybeGone = () => {}) {
    this.#onMaybeGone = onMaybeGone;
    this.#history = history;
    this.#states = timelineOf(history).keys.map(() => ({
      elements: new Map(),
      live: [],
      openClears: 0,
      early: new Map(),
      cleared: new Map(),
    }));
  }

  /** The need of checkers of sets, in words for a verdict; undefined when it was met so far. */
  unmet(): string | undefined {
    const [key] = this.ambiguous;
    if (key === undefined) return undefined;
    return `"${timelineOf(this.#history).keys[key]?.[0]?.invoke.key}" was added the same element twice`;
  }

  find(key: number, value: ValueId): Element | undefined {
    return this.#states[key]?.elements.get(value);
  }

  /** Elements of a key that were ever added so far. */
  all(key: number): Iterable<Element> {
    return this.#states[key]?.elements.values() ?? [];
  }

  begin(operation: Operation): void {
    const state = this.#states[operation.key];
    const { does, value } = operation.invoke;
    if (!state) return;
    if (does === 'add') {
      if (state.elements.has(valueId(value))) this.ambiguous.add(operation.key);
      const underRemoval = state.openClears > 0 || (state.early.get(valueId(value)) ?? 0) > 0;
      const element: Element = {
        add: operation,
        mayBeGoneFrom: underRemoval ? operation.start : Number.POSITIVE_INFINITY,
        goneAt: Number.POSITIVE_INFINITY,
        goneBy: undefined,
        shownBy: -1,
      };
      state.elements.set(valueId(value), element);
      if (!underRemoval) state.live.push(element);
    } else if (does === 'remove') {
      const element = state.elements.get(valueId(value));
      if (element) this.#maybeGone(element, operation.start);
      else addTo(state.early, valueId(value), 1);
    } else if (does === 'delete') {
      const { live } = state;
      state.live = [];
      state.openClears += 1;
      const sure = live.filter(({ add }) => add.end < operation.start);
      state.cleared.set(operation, sure);
      for (const element of live) this.#maybeGone(element, operation.start);
    }
  }

  /** For operations that ended well. */
  end(operation: Operation): void {
    const state = this.#states[operation.key];
    const { does, value } = operation.invoke;
    if (!state) return;
    if (does === 'remove') {
      const element = state.elements.get(valueId(value));
      if (element && element.add.end < operation.start) gone(element, operation);
      else if (!element || element.add.start > operation.start) addTo(state.early, valueId(value), -1);
    } else if (does === 'delete') {
      for (const element of state.cleared.get(operation) ?? []) gone(element, operation);
      state.cleared.delete(operation);
      state.openClears -= 1;
    }
  }

  #maybeGone(element: Element, position: number): void {
    if (element.mayBeGoneFrom < position) return;
    element.mayBeGoneFrom = position;
    this.#onMaybeGone(element);
  }
}

function addTo(counts: Map<ValueId, number>, value: ValueId, by: number): void {
  counts.set(value, (counts.get(value) ?? 0) + by);
}

function gone(element: Element, removal: Operation): void {
  if (element.goneAt < removal.end) return;
  element.goneAt = removal.end;
  element.goneBy = removal;
}

/** Whether an operation works on a set, and not on a register that shares the word delete. */
export const isOfSet = ({ invoke: { does } }: Operation): boolean =>
  does === 'add' || does === 'remove' || does === 'list' || does === 'delete';
