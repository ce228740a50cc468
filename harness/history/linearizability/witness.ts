import type { Operation } from '../timeline.ts';
import type { Model } from './model.ts';
import { search } from './search.ts';

/** Steps that may be spent on making a counterexample small. */
const BUDGET_STEPS = 300_000;

/**
 * A small part of a history that is not linearizable and is not either: drops what began after the operation that cannot be
 * placed, then halves, quarters and single operations, as long as what is left still fails (delta debugging, Zeller 2002).
 */
export function witness(
  modelOf: (operations: readonly Operation[]) => Model<unknown> | undefined,
  operations: readonly Operation[],
  stuck: Operation,
): readonly Operation[] {
  let budget = BUDGET_STEPS;
  const fails = (candidate: readonly Operation[]) => {
    const model = modelOf(candidate);
    if (!model) return false;
    const { verdict, steps } = search(model, candidate, budget);
    budget -= steps + candidate.length;
    return verdict === 'invalid';
  };
  const begun = operations.filter(({ start }) => start < stuck.end).map((each) => asSeenAt(each, stuck.end));
  let left = fails(begun) ? begun : operations;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < left.length && budget > 0; ) {
      const dropped = new Set(left.slice(from, from + size));
      const candidate = modelOf(left)?.without(left, dropped);
      if (candidate && candidate.length < left.length && fails(candidate)) left = candidate;
      else from += size;
    }
  }
  return left;
}

/** An operation that had not ended at a position was unknown then. */
function asSeenAt(operation: Operation, position: number): Operation {
  if (operation.end <= position || operation.outcome !== 'ok') return operation;
  return { ...operation, completion: undefined, outcome: 'unknown', end: Number.POSITIVE_INFINITY };
}
