import { setTimeout as delay } from 'node:timers/promises';
import type { ScopeClient } from '../../workers/client.ts';
import { stackScope } from '../scope.ts';
import { SkipError } from '../skip.ts';
import { service } from '../stack.ts';
import type { ResidentMemory } from './measurement.ts';

const everyMs = 200;
const fewestStreams = 100;

/**
 * Watches the memory of the gateway's workers while something is done.
 *
 * @param act opens so many streams and calls `onOpen` when all of them are open
 * @returns what was done, and the memory or why it cannot be had
 */
export async function whileWatchingMemory<T>(
  streams: number,
  act: (onOpen?: () => Promise<unknown>) => Promise<T>,
): Promise<{ readonly done: T; readonly resident: ResidentMemory | { readonly unknown: string } }> {
  const seen = openWatch();
  if ('unknown' in seen) return { done: await act(), resident: seen };
  const { scope } = seen;
  const over = new AbortController();
  try {
    const beforeBytes = await residentBytes(scope);
    let peakBytes = beforeBytes;
    let openBytes = beforeBytes;
    const look = async () => {
      const bytes = await residentBytes(scope);
      peakBytes = Math.max(peakBytes, bytes);
      return bytes;
    };
    const watching = (async () => {
      while (!over.signal.aborted) {
        await look();
        await delay(everyMs, undefined, { signal: over.signal }).catch(() => undefined);
      }
    })();
    const done = await act(async () => {
      openBytes = await look();
    }).finally(() => over.abort());
    await watching;
    const perStreamBytes = Math.round((openBytes - beforeBytes) / streams);
    const each = streams >= fewestStreams ? { perStreamBytes } : {};
    return { done, resident: { beforeBytes, openBytes, peakBytes, ...each } };
  } finally {
    await scope.close();
  }
}

/** The scope, if it sees the gateway; otherwise why not. */
function openWatch(): { readonly scope: ScopeClient } | { readonly unknown: string } {
  try {
    const { remote } = service('gateway');
    if (remote) return { unknown: 'the gateway runs elsewhere: its processes cannot be seen' };
    return { scope: stackScope() };
  } catch (error) {
    if (error instanceof SkipError) return { unknown: error.message };
    throw error;
  }
}

async function residentBytes(scope: ScopeClient): Promise<number> {
  const workers = await scope.workers('gateway');
  const bytes = await Promise.all(
    workers.map(({ index }) => scope.residentBytes('gateway', index as number)),
  );
  return bytes.reduce((sum, each) => sum + each, 0);
}
