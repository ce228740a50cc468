import { amountOf } from '../state/counter-freshness.ts';
import type { Model } from './model.ts';

/** A counter with increment and count; it begins at 0, a delete sets it back. */
export const counterModel: Model<number> = {
  initial: 0,
  keyOf: (state) => state,
  moveOf(operation) {
    const { invoke, outcome, completion } = operation;
    if (outcome === 'fail') return undefined;
    const amount = amountOf(operation);
    switch (invoke.does) {
      case 'increment':
        return { pure: false, apply: (state) => state + amount };
      case 'delete':
        return { pure: false, apply: () => 0 };
      case 'count': {
        const seen = completion?.value;
        return outcome === 'ok'
          ? { pure: true, apply: (state) => (state === seen ? state : undefined) }
          : undefined;
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
