import type { Ask } from './cluster.ts';
import type { Memory } from './memories.ts';

interface Copy {
  readonly version: number;
  readonly memories: readonly Memory[];
}

/** Which copies are of the same memories. */
const keyOf = (user: string): string => user;

/** Lists from a worker's own copies, each asked for its version before it is shown. */
export function cachedList(ask: Ask): (user: string) => Promise<readonly Memory[]> {
  const copies = new Map<string, Copy>();
  return async (user) => {
    const version = await ask<number>('version', user);
    const copy = copies.get(keyOf(user));
    if (copy?.version === version) return copy.memories;
    // The version was asked first: what changed since makes this copy older than it is, never newer.
    const memories = await ask<readonly Memory[]>('list', user);
    copies.set(keyOf(user), { version, memories });
    return memories;
  };
}
