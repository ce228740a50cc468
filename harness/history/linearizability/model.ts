import type { Operation } from '../timeline.ts';

/** One operation, ready to be tried: what it makes of a state, or undefined where its outcome cannot come from that state. */
export interface Move<S> {
  /** Changes nothing: it gives the state that it got, or one that knows more of how the object began. */
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
