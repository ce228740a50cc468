import { setTimeout as delay } from 'node:timers/promises';
import { runCluster } from '../kit/cluster.ts';
import { factsOf, type Memory, memoryTable } from '../kit/memories.ts';
import { serveMemories } from '../kit/memory-server.ts';
import { memoryStore } from '../kit/memory-store.ts';

/** The time a small model takes to find the facts of a conversation. */
const modelMs = 25;

/** A memory service that asks whether a conversation is known, works on it, and only then marks it as known. */
runCluster(memoryTable(), (ask) =>
  serveMemories({
    ...memoryStore(ask),
    extract: async (user, conversation) => {
      const { hash, facts } = factsOf(user, conversation);
      if (await ask<boolean>('isProcessed', hash)) return [];
      await delay(modelMs);
      const saved = await ask<readonly Memory[]>('add', user, facts);
      await ask('markProcessed', hash);
      return saved;
    },
  }),
);
