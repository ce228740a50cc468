import { runCluster } from '../kit/cluster.ts';
import { factsOf, type Memory, memoryTable } from '../kit/memories.ts';
import { serveMemories } from '../kit/memory-server.ts';

/** A memory service whose workers each cache a user's memories, and forget them only on writes of their own. */
runCluster(memoryTable(), async (ask) => {
  const cache = new Map<string, readonly Memory[]>();
  const list = async (user: string) => {
    const cached = cache.get(user);
    if (cached) return cached;
    const fresh = await ask<readonly Memory[]>('list', user);
    cache.set(user, fresh);
    return fresh;
  };
  const forgetting = async <T>(user: string, write: Promise<T>): Promise<T> => {
    const result = await write;
    cache.delete(user);
    return result;
  };
  await serveMemories({
    list,
    extract: (user, conversation) => {
      const { hash, facts } = factsOf(user, conversation);
      return forgetting(user, ask('extractOnce', user, hash, facts));
    },
    update: (user, id, changes) => forgetting(user, ask('update', user, id, changes)),
    remove: (user, id) => forgetting(user, ask('remove', user, id)),
    clear: (user) => forgetting(user, ask('clear', user)),
  });
});
