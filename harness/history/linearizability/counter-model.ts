import { amountOf } from '../effects/object-kind.ts';
import type { Operation } from '../timeline.ts';
import type { Model } from './model.ts';

/** A count; or, as long as nobody has counted, how much was added to what nobody knows. */
type Count = number | { readonly added: number };

/**
 * A counter with increment and count; a delete sets it back to 0. Where nothing is stated it may have begun at any number from 0,
 * or at any at all if somebody has counted less than nothing.
 */
export function counterModel(operations: readonly Operation[], stated: number | undefined): Model<Count> {
  const isBelow = operations.some(
    ({ invoke, completion }) => invoke.does === 'count' && Number(completion?.value) < 0,
  );
  const least = isBelow ? Number.NEGATIVE_INFINITY : 0;
  return {
    initial: stated ?? { added: 0 },
    keyOf: (state) => (typeof state === 'number' ? state : `?${state.added}`),
    moveOf(operation) {
      const { invoke, outcome, completion } = operation;
      if (outcome === 'fail') return undefined;
      const amount = amountOf(operation);
      switch (invoke.does) {
        case 'increment':
          return {
            pure: false,
            apply: (state) => (typeof state === 'number' ? state + amount : { added: state.added + amount }),
          };
        case 'delete':
          return { pure: false, apply: () => 0 };
        case 'count': {
          const seen = completion?.value;
          if (outcome !== 'ok' || typeof seen !== 'number') return undefined;
          return {
            pure: true,
            apply(state) {
              if (typeof state === 'number') return state === seen ? state : undefined;
              return seen - state.added >= least ? seen : undefined;
            },
          };
        }
        default:
          return undefined;
      }
    },
    /** Every count speaks of every increment: only counts can go. */
    without(operations, dropped) {
      for (const { invoke } of dropped) if (invoke.does !== 'count') return undefined;
      return operations.filter((operation) => !dropped.has(operation));
    },
  };
}
