import { setTimeout as delay } from 'node:timers/promises';
import { runCluster } from '../kit/cluster.ts';
import { memoryTable } from '../kit/memories.ts';
import { serveMemories } from '../kit/memory-server.ts';
import { memoryStore } from '../kit/memory-store.ts';

/** The time a store on another machine takes to answer. */
const storeMs = 5;
const limit = Number(process.env.MEMORY_RATE_LIMIT_PER_MINUTE ?? 60);
const counts = new Map<string, number>();
const counters = {
  count: (user: string) => counts.get(user) ?? 0,
  setCount: (user: string, count: number) => void counts.set(user, count),
};

/** A memory service that counts in one place, but reads the count and writes it back in two steps. */
runCluster({ ...memoryTable(), ...counters }, async (ask) => {
  const admit = async (user: string) => {
    const count = await ask<number>('count', user);
    await delay(storeMs);
    if (count >= limit) return false;
    await ask('setCount', user, count + 1);
    return true;
  };
  await serveMemories({ ...memoryStore(ask), admit });
});
