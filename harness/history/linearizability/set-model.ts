import type { Json } from '../../plan/json.ts';
import type { Operation } from '../timeline.ts';
import { elementsOf, type ValueId, valueId } from '../value.ts';
import { refusedValues } from './beginnings.ts';
import type { Model, Move } from './model.ts';

type Ids = ReadonlySet<ValueId>;

interface Members {
  readonly ids: Ids;
  /** While nobody has listed it, what was added or removed: anything else may be there. */
  readonly touched?: Ids;
}

/** A set with add, remove, list and delete (of all), which may have begun with anything. */
export function setModel(operations: readonly Operation[]): Model<Members> {
  const refused = refusedValues(operations);
  return { initial: { ids: new Set(), touched: new Set() }, keyOf, moveOf, without };

  function moveOf({ invoke, outcome, completion }: Operation): Move<Members> | undefined {
    if (outcome === 'fail') return undefined;
    const value = valueId(invoke.value);
    switch (invoke.does) {
      case 'add':
        return { pure: false, apply: (members) => put(members, value, true) };
      case 'remove':
        return { pure: false, apply: (members) => put(members, value, false) };
      case 'delete':
        return { pure: false, apply: () => ({ ids: new Set() }) };
      case 'list': {
        if (outcome !== 'ok') return undefined;
        const seen = new Set(listed(completion?.value));
        return { pure: true, apply: (members) => found(members, seen, refused) };
      }
      default:
        return undefined;
    }
  }
}

const listed = (value: Json | undefined) => elementsOf(value).map(valueId);

function keyOf({ ids, touched }: Members): string {
  const key = JSON.stringify([...ids].sort());
  return touched ? `${key}?${JSON.stringify([...touched].sort())}` : key;
}

function put({ ids, touched }: Members, value: ValueId, isThere: boolean): Members {
  const after = ids.has(value) === isThere ? ids : new Set(ids);
  if (after !== ids && isThere) (after as Set<ValueId>).add(value);
  if (after !== ids && !isThere) (after as Set<ValueId>).delete(value);
  return touched ? { ids: after, touched: new Set(touched).add(value) } : { ids: after };
}

/** The members as a list shows them; the first list tells what was there from the beginning. */
function found(members: Members, seen: Ids, refused: Ids): Members | undefined {
  const { ids, touched } = members;
  if (!touched) return areEqual(ids, seen) ? members : undefined;
  for (const value of touched) if (ids.has(value) !== seen.has(value)) return undefined;
  for (const value of seen) if (!touched.has(value) && refused.has(value)) return undefined;
  return { ids: seen };
}

function areEqual(a: Ids, b: Ids): boolean {
  if (a.size !== b.size) return false;
  for (const member of a) if (!b.has(member)) return false;
  return true;
}

/** An element goes with its adds, its removals and its place in every list. A delete of all can't go: it speaks of everything. */
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
