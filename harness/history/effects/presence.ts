import type { Json } from '../../plan/json.ts';
import type { Operation } from '../timeline.ts';
import { elementsOf, type ValueId, valueId } from '../value.ts';

/** An element of a set with all that may have made it come and go. Refused changes are left out. */
export interface Presence {
  readonly value: Json;
  readonly name: ValueId;
  /** It was there when the history began. */
  readonly isOld: boolean;
  readonly adds: readonly Operation[];
  /** Removals of it and of everything. */
  readonly removals: readonly Operation[];
}

export const isRemoval = ({ invoke: { does } }: Operation): boolean => does === 'remove' || does === 'delete';

/** Elements that a set may have, by what is known of its operations and of what it began with. */
export function presencesOf(
  operations: readonly Operation[],
  initial: Json | undefined,
): readonly Presence[] {
  const found = new Map<ValueId, { value: Json; isOld: boolean; adds: Operation[] }>();
  for (const value of elementsOf(initial)) found.set(valueId(value), { value, isOld: true, adds: [] });
  const removals: Operation[] = [];
  for (const operation of operations) {
    const { does, value = null } = operation.invoke;
    if (operation.outcome === 'fail') continue;
    if (isRemoval(operation)) removals.push(operation);
    if (does !== 'add') continue;
    const known = found.get(valueId(value)) ?? { value, isOld: false, adds: [] };
    known.adds.push(operation);
    found.set(valueId(value), known);
  }
  return [...found].map(([name, element]) => ({
    ...element,
    name,
    removals: removals.filter(({ invoke }) => invoke.does === 'delete' || valueId(invoke.value) === name),
  }));
}

/** It was there when the operation began, and nothing may have removed it before that ended. */
export function isSurelyThere({ adds, isOld, removals }: Presence, during: Operation): boolean {
  const isAdded = isOld || adds.some(({ outcome, end }) => outcome === 'ok' && end < during.start);
  const from = isOld ? -1 : Math.min(...adds.map(({ start }) => start));
  return isAdded && !removals.some(({ start, end }) => start < during.end && end > from);
}

/** The removal after which it was surely gone before the operation began; no add of it can have come later. */
export const goneBefore = ({ adds, removals }: Presence, during: Operation): Operation | undefined =>
  removals.find((removal) => removal.end < during.start && adds.every(({ end }) => end < removal.start));

/** It may have been there at some moment of the operation. */
export const mayBeThere = (presence: Presence, during: Operation): boolean =>
  (presence.isOld || presence.adds.some(({ start }) => start < during.end)) &&
  goneBefore(presence, during) === undefined;
