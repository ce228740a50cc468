import type { Operation } from '../timeline.ts';
import { type ValueId, valueId } from '../value.ts';
import { isAddition } from './object-kind.ts';

/** What is known of one element of a set or sequence while a history is gone through. Places are those of the history. */
export interface Element {
  /** Of the additions that have begun, the one whose effect may come last. */
  add: Operation | undefined;
  /** Where the first addition began. */
  readonly addedFrom: number;
  /** How many additions have begun. */
  additions: number;
  /** Until when a removal of it that has begun may take effect. */
  removedUntil: number;
  removedFrom: number;
  /** Added again while it may have been there: it may be in the collection twice, so that a removal leaves one. */
  isRepeated: boolean;
  /** To whom an addition was acknowledged that no removal begun so far may undo, and since when. */
  readonly sure: Sure[];
  /** Removals that were acknowledged, as they ended. */
  readonly removals: Operation[];
  /** Start of the list that showed it last: for counting what a list shows, each element once. */
  shownBy: number;
}

/** `view` stands for one client, or all of them. */
export interface Sure {
  readonly view: object;
  readonly add: Operation;
  readonly since: number;
}

/** The elements of one key. */
export class Elements {
  /** Until when a removal of everything that has begun may take effect; and where the first began. */
  clearedUntil = Number.NEGATIVE_INFINITY;
  clearedFrom = Number.POSITIVE_INFINITY;
  readonly #elements = new Map<ValueId, Element>();
  /** Where the latest of the acknowledged removals of everything began. */
  #clear = Number.NEGATIVE_INFINITY;

  find(value: ValueId): Element | undefined {
    return this.#elements.get(value);
  }

  all(): Iterable<Element> {
    return this.#elements.values();
  }

  removedUntil(element: Element): number {
    return Math.max(element.removedUntil, this.clearedUntil);
  }

  /** Takes note of an addition, removal or clear that begins; of anything else it does not. */
  begin(operation: Operation): void {
    const { does, value } = operation.invoke;
    if (isAddition(operation)) this.#add(operation, valueId(value));
    else if (does === 'remove') {
      const element = this.#elementOf(valueId(value), Number.POSITIVE_INFINITY);
      element.removedUntil = Math.max(element.removedUntil, operation.end);
      element.removedFrom = Math.min(element.removedFrom, operation.start);
    } else if (does === 'delete') {
      this.clearedUntil = Math.max(this.clearedUntil, operation.end);
      // What the header states of the beginning removed nothing.
      if (operation.start >= 0) this.clearedFrom = Math.min(this.clearedFrom, operation.start);
    }
  }

  /** Takes note of a removal or clear that was acknowledged. */
  end(operation: Operation): void {
    const { does, value } = operation.invoke;
    if (does === 'delete') this.#clear = Math.max(this.#clear, operation.start);
    else if (does === 'remove') this.#elements.get(valueId(value))?.removals.push(operation);
  }

  #add(operation: Operation, value: ValueId): void {
    const known = this.#elements.get(value);
    if (known?.add) {
      let gone = this.#clear;
      for (const { start } of known.removals) gone = Math.max(gone, start);
      if (known.add.end >= gone) known.isRepeated = true;
    }
    const element = this.#elementOf(value, operation.start);
    element.additions += 1;
    if (!element.add || element.add.end < operation.end) element.add = operation;
  }

  #elementOf(value: ValueId, start: number): Element {
    const known = this.#elements.get(value);
    if (known && known.addedFrom <= start) return known;
    const made: Element = {
      add: known?.add,
      addedFrom: start,
      additions: known?.additions ?? 0,
      removedUntil: known?.removedUntil ?? Number.NEGATIVE_INFINITY,
      removedFrom: known?.removedFrom ?? Number.POSITIVE_INFINITY,
      isRepeated: false,
      sure: known?.sure ?? [],
      removals: known?.removals ?? [],
      shownBy: -1,
    };
    this.#elements.set(value, made);
    return made;
  }
}
