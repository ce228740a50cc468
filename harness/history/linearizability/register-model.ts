import { isRefusedCas } from '../effects/object-kind.ts';
import type { Operation } from '../timeline.ts';
import { type ValueId, valueId } from '../value.ts';
import { refusedValues } from './beginnings.ts';
import type { Model, Move } from './model.ts';

/** What a register holds; or, until somebody finds or replaces it, what a refused cas has shown that it is not. */
type Held = ValueId | { readonly not: readonly ValueId[] };

const isUnknown = (state: Held): state is { readonly not: readonly ValueId[] } =>
  typeof state === 'object' && state !== null;

/** A register with read, write, cas and delete, which may have begun with anything. */
export function registerModel(operations: readonly Operation[]): Model<Held> {
  const refused = refusedValues(operations);
  const idle = idleWrites(operations);
  const unchanged = (state: Held, value: ValueId): Held | undefined => {
    if (!isUnknown(state)) return state === value ? state : undefined;
    return refused.has(value) || state.not.includes(value) ? undefined : value;
  };
  return {
    initial: { not: [] },
    keyOf(state) {
      if (isUnknown(state)) return `?${JSON.stringify(state.not.toSorted())}`;
      return typeof state === 'string' ? `"${state}` : String(state);
    },
    moveOf: (operation) => (idle.has(operation) ? undefined : moveOf(operation, unchanged)),
    without,
  };
}

function moveOf(
  operation: Operation,
  find: (state: Held, value: ValueId) => Held | undefined,
): Move<Held> | undefined {
  const { invoke, outcome, completion } = operation;
  if (outcome === 'fail') return undefined;
  const value = made(operation);
  switch (invoke.does) {
    case 'read': {
      const seen = valueId(completion?.value);
      return outcome === 'ok' ? { pure: true, apply: (state) => find(state, seen) } : undefined;
    }
    case 'cas': {
      const from = valueId(invoke.from);
      if (isRefusedCas(operation)) return { pure: true, apply: (state) => exclude(state, from) };
      return { pure: false, apply: (state) => (find(state, from) === undefined ? undefined : value) };
    }
    case 'write':
    case 'delete':
      return { pure: false, apply: () => value };
    default:
      return undefined;
  }
}

function exclude(state: Held, value: ValueId): Held | undefined {
  if (!isUnknown(state)) return state === value ? undefined : state;
  return state.not.includes(value) ? state : { not: [...state.not, value] };
}

/**
 * Writes of unknown outcome that explain nothing, so that they may as well never have happened: nobody has found their value, not
 * even a cas of unknown outcome that explains something, and no cas was refused after they began.
 */
function idleWrites(operations: readonly Operation[]): ReadonlySet<Operation> {
  const idle = new Set<Operation>();
  let lastRefusal = -1;
  const asked = new Set<ValueId | undefined>();
  for (const operation of operations) {
    if (operation.outcome === 'unknown' && made(operation) !== undefined) idle.add(operation);
    if (isRefusedCas(operation)) lastRefusal = Math.max(lastRefusal, operation.end);
    if (operation.outcome === 'ok') asked.add(needed(operation));
  }
  for (let before = -1; before !== idle.size; ) {
    before = idle.size;
    for (const operation of idle) {
      if (!asked.has(made(operation)) && operation.start > lastRefusal) continue;
      idle.delete(operation);
      asked.add(needed(operation));
    }
  }
  return idle;
}

/** The value that an operation leaves, undefined for one that leaves the old. */
function made(operation: Operation): ValueId | undefined {
  const { invoke, outcome } = operation;
  if (outcome === 'fail' || isRefusedCas(operation)) return undefined;
  if (invoke.does === 'delete') return null;
  return invoke.does === 'write' || invoke.does === 'cas' ? valueId(invoke.value) : undefined;
}

/** The value that an operation must find, to have done what it did or may have done. */
function needed(operation: Operation): ValueId | undefined {
  const { invoke, outcome, completion } = operation;
  if (outcome === 'fail' || isRefusedCas(operation)) return undefined;
  if (invoke.does === 'cas') return valueId(invoke.from);
  return invoke.does === 'read' && outcome === 'ok' ? valueId(completion?.value) : undefined;
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
      const value = operation.outcome === 'ok' ? needed(operation) : undefined;
      const stays = isRefusedCas(operation) ? gone.size === 0 : value === undefined || !gone.has(value);
      if (!stays) remove(operation);
      return stays;
    });
  }
  return left;
}
