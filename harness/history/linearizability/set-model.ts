import type { Json } from '../../plan/json.ts';
import type { Operation } from '../timeline.ts';
import { elementsOf, type ValueId, valueId } from '../value.ts';
import type { Model, Move } from './model.ts';

type Members = ReadonlySet<ValueId>;

/** A set with add, remove, list and delete (of all). It begins with what was listed without having been added. */
export function setModel(operations: readonly Operation[]): Model<Members> {
  const added = new Set<ValueId>();
  for (const { invoke } of operations) if (invoke.does === 'add') added.add(valueId(invoke.value));
  const initial = new Set<ValueId>();
  for (const { invoke, completion } of operations) {
    if (invoke.does !== 'list') continue;
    for (const value of listed(completion?.value)) if (!added.has(value)) initial.add(value);
  }
  return { initial, keyOf, moveOf, without };
}

const listed = (value: Json | undefined) => elementsOf(value).map(valueId);

const keyOf = (members: Members) => JSON.stringify([...members].sort());

function moveOf({ invoke, outcome, completion }: Operation): Move<Members> | undefined {
  if (outcome === 'fail') return undefined;
  const value = valueId(invoke.value);
  switch (invoke.does) {
    case 'add':
      return {
        pure: false,
        apply: (members) => (members.has(value) ? members : new Set(members).add(value)),
      };
    case 'remove':
      return { pure: false, apply: (members) => new Set([...members].filter((member) => member !== value)) };
    case 'delete':
      return { pure: false, apply: () => new Set() };
    case 'list': {
      if (outcome !== 'ok') return undefined;
      const seen = new Set(listed(completion?.value));
      return { pure: true, apply: (members) => (areEqual(members, seen) ? members : undefined) };
    }
    default:
      return undefined;
  }
}

function areEqual(a: Members, b: Members): boolean {
  if (a.size !== b.size) return false;
  for (const member of a) if (!b.has(member)) return false;
  return true;
}

/** An element goes with its add, its removals and its place in every list. A delete of all can't go: it speaks of everything. */
function without(
  operations: readonly Operation[],
  dropped: ReadonlySet<Operation>,
): readonly Operation[] | undefined {
  const gone = new Set<ValueId>();
  for (const { invoke } of dropped) {
    if (invoke.does === 'delete') return undefined;
    if (invoke.does !== 'list') gone.add(valueId(invoke.value));
  }
  return operations.flatMap((operation) => {
    const { invoke, completion } = operation;
    if (dropped.has(operation)) return [];
    if (invoke.does === 'delete') return [operation];
    if (invoke.does !== 'list') return gone.has(valueId(invoke.value)) ? [] : [operation];
    if (gone.size === 0 || !completion) return [operation];
    const value = elementsOf(completion.value).filter((member) => !gone.has(valueId(member)));
    return [{ ...operation, completion: { ...completion, value } }];
  });
}
