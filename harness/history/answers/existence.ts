import type { Action } from '../events.ts';
import type { Operation } from '../timeline.ts';
import { valueId } from '../value.ts';

/** What shows, acknowledged, that its object is there. */
const makes: readonly Action[] = ['write', 'cas', 'add', 'append', 'increment'];
/** What needs the object to be there; an element that is to be removed may be what is missing. */
const needsIt: readonly Action[] = [
  'read',
  'list',
  'count',
  'cas',
  'write',
  'delete',
  'increment',
  'append',
  'add',
];
/** What may take the object away, or the last of its elements. */
const takes: readonly Action[] = ['delete', 'remove', 'other'];

/**
 * Tells which operation shows that the object of another was there from its beginning to its answer: acknowledged before, by the
 * same tenant, with nothing that may have taken the object away since. Undefined where that is not sure.
 */
export function existenceOf(
  operations: readonly Operation[],
  keys: readonly (readonly Operation[])[],
): (operation: Operation) => Operation | undefined {
  return (operation) => {
    const { does, partOf, tenant } = operation.invoke;
    if (does === 'call') return servedBefore(operation, operations);
    // The status of a request with several parts may be that of another part.
    if (partOf !== undefined || !needsIt.includes(does)) return undefined;
    const others = keys[operation.key] ?? [];
    const witness = others.findLast(
      (other) =>
        other.outcome === 'ok' &&
        other.end < operation.start &&
        other.invoke.tenant === tenant &&
        makes.includes(other.invoke.does) &&
        other.invoke.value !== null,
    );
    if (!witness) return undefined;
    const isTaken = others.some(
      (other) => mayTake(other) && other.start < operation.answered && other.end > witness.start,
    );
    return isTaken ? undefined : witness;
  };
}

const mayTake = ({ invoke, outcome }: Operation): boolean =>
  outcome !== 'fail' &&
  (takes.includes(invoke.does) || (makes.includes(invoke.does) && invoke.value === null));

/** A call of the same kind with the same arguments that was served before, in a history that takes nothing away. */
function servedBefore(
  { invoke: { name, args, expect }, start }: Operation,
  operations: readonly Operation[],
): Operation | undefined {
  if (args === undefined || expect === undefined || operations.some(mayTake)) return undefined;
  const wanted = valueId(args);
  return operations.findLast(
    ({ invoke, outcome, end }) =>
      outcome === 'ok' &&
      end < start &&
      invoke.does === 'call' &&
      invoke.name === name &&
      valueId(invoke.args) === wanted,
  );
}
