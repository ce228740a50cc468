import type { Ask } from './cluster.ts';
import { factsOf, type Memory } from './memories.ts';
import type { MemoryStore } from './memory-server.ts';

/** The store without a bug: every call is one atomic call of the shared table. */
export function memoryStore(ask: Ask): MemoryStore {
  return {
    list: (user) => ask<readonly Memory[]>('list', user),
    extract: (user, conversation) => {
      const { hash, facts } = factsOf(user, conversation);
      return ask('extractOnce', user, hash, facts);
    },
    update: (user, id, changes) => ask('update', user, id, changes),
    remove: (user, id) => ask('remove', user, id),
    clear: (user) => ask('clear', user),
  };
}
