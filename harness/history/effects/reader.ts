import { named, type Violation } from '../outcome.ts';
import type { Operation } from '../timeline.ts';
import { shown } from '../value.ts';
import type { Effects } from './effects.ts';

/** State per client and key. */
export function perReader<T>({ keys }: Effects): {
  get: (read: Operation) => T | undefined;
  set: (read: Operation, state: T) => void;
} {
  const states = new Map<number, T>();
  const place = ({ key, invoke }: Operation) => key + invoke.client * keys.length;
  return { get: (read) => states.get(place(read)), set: (read, state) => states.set(place(read), state) };
}

/** A later read of a client that is behind an earlier one. */
export const back = (
  before: Operation,
  after: Operation,
  writes: readonly Operation[],
  what = '',
): Violation => ({
  reason: `client ${after.invoke.client} saw ${shownResult(before)} by ${named(before)}, then ${shownResult(after)} by ${named(after)}${what}`,
  operations: [...writes, before, after],
});

function shownResult({ completion }: Operation): string {
  const value = completion?.value;
  return Array.isArray(value) ? `${value.length} elements` : shown(value);
}
