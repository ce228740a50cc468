import type { ObjectKind } from '../effects/object-kind.ts';
import type { Operation } from '../timeline.ts';
import { counterModel } from './counter-model.ts';
import type { Model } from './model.ts';
import { registerModel } from './register-model.ts';
import { setModel } from './set-model.ts';

/** The object that operations worked on: what it is, and for a counter what it began at, where that is stated. */
export interface ObjectOf {
  readonly kind: ObjectKind | undefined;
  readonly count: number | undefined;
}

/** The model of the object that operations of one key worked on; undefined when they are of no such object. */
export function modelOf(
  { kind, count }: ObjectOf,
  operations: readonly Operation[],
  // biome-ignore lint/suspicious/noExplicitAny: each model has a state of its own, which only the model looks into
): Model<any> | undefined {
  switch (kind) {
    case 'register':
      return registerModel(operations);
    case 'set':
      return setModel(operations);
    case 'counter':
      return counterModel(operations, count);
    default:
      return undefined;
  }
}
