import type { Operation } from '../timeline.ts';

export type ObjectKind = 'register' | 'set' | 'counter';

/** What the object of a key is, by what was done with it; undefined for none of these. */
export function kindOf(operations: readonly Operation[]): ObjectKind | undefined {
  for (const { invoke } of operations) {
    if (invoke.does === 'add' || invoke.does === 'remove' || invoke.does === 'list') return 'set';
    if (invoke.does === 'increment' || invoke.does === 'count') return 'counter';
    if (invoke.does === 'read' || invoke.does === 'write' || invoke.does === 'cas') return 'register';
  }
  return undefined;
}
