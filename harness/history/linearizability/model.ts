import { kindOf } from '../state/object-kind.ts';
import type { Operation } from '../timeline.ts';
import { counterModel } from './counter-model.ts';
import { registerModel } from './register-model.ts';
import { setModel } from './set-model.ts';

/** One operation, ready to be tried: what it makes of a state, or undefined where its outcome cannot come from that state. */
export interface Move<S> {
  /** Never changes the state. */
  readonly pure: boolean;
  readonly apply: (state: S) => S | undefined;
}

/** What an object does when its operations come one after the other. */
export interface Model<S> {
  readonly initial: S;
  /** Equal for equal states. */
  readonly keyOf: (state: S) => string | number;
  /** Undefined for operations that say nothing, such as a read with an unknown outcome. */
  readonly moveOf: (operation: Operation) => Move<S> | undefined;
  /**
   * The history without some operations and without what makes sense only with them. What is left is linearizable if the
   * whole was; undefined where that cannot be had.
   */
  readonly without: (
    operations: readonly Operation[],
    dropped: ReadonlySet<Operation>,
  ) => readonly Operation[] | undefined;
}

/** The model of the object that operations of one key worked on; undefined when they are of no such object. */
// biome-ignore lint/suspicious/noExplicitAny: each model has a state of its own, which only the model looks into
export function modelOf(operations: readonly Operation[]): Model<any> | undefined {
  switch (kindOf(operations)) {
    case 'register':
      return registerModel(operations);
    case 'set':
      return setModel(operations);
    case 'counter':
      return counterModel;
    default:
      return undefined;
  }
}
