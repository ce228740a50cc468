import { runCluster } from './cluster.ts';
import { memoryTable } from './memories.ts';
import { cachedList } from './memory-cache.ts';
import { serveMemories } from './memory-server.ts';
import { memoryStore } from './memory-store.ts';

/** The memory service of the kit without a bug, its lists kept by each worker. */
runCluster(memoryTable(), (ask) => serveMemories({ ...memoryStore(ask), list: cachedList(ask) }));
