import { setTimeout as delay } from 'node:timers/promises';
import { runCluster } from '../kit/cluster.ts';
import { factsOf, type Memory, memoryTable, newMemories } from '../kit/memories.ts';
import { serveMemories } from '../kit/memory-server.ts';
import { memoryStore } from '../kit/memory-store.ts';

/** The time a small model takes to find the facts of a conversation. */
const modelMs = 100;

interface Edited<T> {
  readonly all: Memory[];
  readonly result: T;
}

/** A memory service that keeps all memories of a user as one document, which every change loads, alters and saves. */
runCluster(memoryTable(), async (ask) => {
  const change = async <T>(user: string, edit: (all: Memory[]) => Edited<T> | Promise<Edited<T>>) => {
    const { all, result } = await edit(await ask<Memory[]>('list', user));
    await ask('save', user, all);
    return result;
  };
  await serveMemories({
    ...memoryStore(ask),
    extract: async (user, conversation) => {
      const { hash, facts } = factsOf(user, conversation);
      if (!(await ask<boolean>('claim', hash))) return [];
      return change(user, async (all) => {
        await delay(modelMs);
        const added = newMemories(facts);
        return { all: [...added, ...all], result: added };
      });
    },
    update: (user, id, changes) =>
      change(user, (all) => {
        const changed = all.map((each) => (each.id === id ? { ...each, ...changes } : each));
        return { all: changed, result: changed.find((each) => each.id === id) };
      }),
    remove: (user, id) =>
      change(user, (all) => {
        const rest = all.filter((each) => each.id !== id);
        return { all: rest, result: rest.length < all.length };
      }),
  });
});
