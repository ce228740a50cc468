import type { Operation } from '../timeline.ts';

export type ObjectKind = 'register' | 'set' | 'sequence' | 'counter';

/** What the object of a key is, by what was done with it; undefined for none of these. A list alone is one of a set. */
export function kindOf(operations: readonly Operation[]): ObjectKind | undefined {
  let isListed = false;
  for (const { invoke } of operations) {
    if (invoke.does === 'append') return 'sequence';
    if (invoke.does === 'add' || invoke.does === 'remove') return 'set';
    if (invoke.does === 'increment' || invoke.does === 'count') return 'counter';
    if (invoke.does === 'read' || invoke.does === 'write' || invoke.does === 'cas') return 'register';
    if (invoke.does === 'list') isListed = true;
  }
  return isListed ? 'set' : undefined;
}

/** Adds an element to a set or to the end of a sequence. */
export const isAddition = ({ invoke: { does } }: Operation): boolean => does === 'add' || does === 'append';

/** By how much an increment counts: its value, 1 without one. */
export const amountOf = ({ invoke }: Operation): number =>
  typeof invoke.value === 'number' ? invoke.value : 1;

/** Changes a register: write, delete, and cas unless it answered that it did not match. Refused ones do not. */
export function isWrite({ invoke: { does }, outcome, completion }: Operation): boolean {
  if (outcome === 'fail') return false;
  if (does === 'cas') return !(outcome === 'ok' && completion?.value === false);
  return does === 'write' || does === 'delete';
}

/** A cas that answered that it did not match: it has looked, and changed nothing. */
export const isRefusedCas = ({ invoke, outcome, completion }: Operation): boolean =>
  invoke.does === 'cas' && outcome === 'ok' && completion?.value === false;

export const isRead = ({ invoke, outcome }: Operation): boolean => invoke.does === 'read' && outcome === 'ok';
