import { runCluster } from '../kit/cluster.ts';
import { memoryTable } from '../kit/memories.ts';
import { serveMemories } from '../kit/memory-server.ts';
import { memoryStore } from '../kit/memory-store.ts';

const limit = Number(process.env.MEMORY_RATE_LIMIT_PER_MINUTE ?? 60);

/** A memory service whose workers each count the requests that came to them. */
runCluster(memoryTable(), async (ask) => {
  const counts = new Map<string, number>();
  const admit = async (user: string) => {
    const count = (counts.get(user) ?? 0) + 1;
    counts.set(user, count);
    return count <= limit;
  };
  await serveMemories({ ...memoryStore(ask), admit });
});
