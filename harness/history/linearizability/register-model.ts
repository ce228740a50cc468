import type { Operation } from '../timeline.ts';
import { type ValueId, valueId } from '../value.ts';
import type { Model, Move } from './model.ts';

/**
 * A register with read, write, cas and delete. It begins with what was read without having been written, else with nothing.
 * A cas that answers ok with the value false did not match.
 */
export function registerModel(operations: readonly Operation[]): Model<ValueId> {
  const written = new Set(operations.map(made));
  const asked = new Set(operations.map(needed));
  const isStrange = (value: ValueId | undefined) => value !== undefined && !written.has(value);
  // A cas of unknown outcome may have found what was there before, if nothing else tells what that was.
  const hoped = operations.flatMap(({ invoke }) => (invoke.does === 'cas' ? valueId(invoke.from) : []));
  const strange = [...asked].find(isStrange) ?? hoped.find(isStrange);
  return {
    initial: strange ?? null,
    keyOf: (state) => (typeof state === 'string' ? `"${state}` : String(state)),
    moveOf: (operation) => moveOf(operation, asked),
    without,
  };
}

function moveOf(operation: Operation, asked: ReadonlySet<ValueId | undefined>): Move<ValueId> | undefined {
  const { invoke, outcome, completion } = operation;
  if (outcome === 'fail') return undefined;
  const value = made(operation);
  // An unknown write that nobody has read may as well never have happened.
  if (outcome === 'unknown' && !asked.has(value)) return undefined;
  switch (invoke.does) {
    case 'read': {
      const seen = valueId(completion?.value);
      return outcome === 'ok'
        ? { pure: true, apply: (state) => (state === seen ? state : undefined) }
        : undefined;
    }
    case 'cas': {
      const from = valueId(invoke.from);
      const refused = outcome === 'ok' && completion?.value === false;
      if (refused) return { pure: true, apply: (state) => (state === from ? undefined : state) };
      return { pure: false, apply: (state) => (state === from ? value : undefined) };
    }
    case 'write':
    case 'delete':
      return { pure: false, apply: () => value };
    default:
      return undefined;
  }
}

/** The value that an operation leaves, undefined for one that leaves the old. */
function made({ invoke, outcome, completion }: Operation): ValueId | undefined {
  if (outcome === 'fail') return undefined;
  if (invoke.does === 'delete') return null;
  if (invoke.does === 'cas') return completion?.value === false ? undefined : valueId(invoke.value);
  return invoke.does === 'write' ? valueId(invoke.value) : undefined;
}

/** The value that an operation found. */
function needed({ invoke, outcome, completion }: Operation): ValueId | undefined {
  if (outcome !== 'ok') return undefined;
  if (invoke.does === 'read') return valueId(completion?.value);
  return invoke.does === 'cas' && completion?.value !== false ? valueId(invoke.from) : undefined;
}

/** A write goes with all that found its value. A cas that did not match goes with any write: it speaks of all of them. */
function without(operations: readonly Operation[], dropped: ReadonlySet<Operation>): readonly Operation[] {
  const gone = new Set<ValueId>();
  const remove = (operation: Operation) => {
    const value = made(operation);
    if (value !== undefined) gone.add(value);
  };
  for (const operation of dropped) remove(operation);
  let left = operations.filter((operation) => !dropped.has(operation));
  for (let before = -1; before !== gone.size; ) {
    before = gone.size;
    left = left.filter((operation) => {
      const value = needed(operation);
      const refusedCas = operation.invoke.does === 'cas' && operation.completion?.value === false;
      const stays = refusedCas ? gone.size === 0 : value === undefined || !gone.has(value);
      if (!stays) remove(operation);
      return stays;
    });
  }
  return left;
}
