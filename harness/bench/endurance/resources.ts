import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { workersNow } from '../../faults/workers-now.ts';
import type { ScopeClient } from '../../workers/client.ts';

/** A look at one worker. */
export interface ResourceSample {
  readonly service: string;
  /** Pid and start time. */
  readonly process: string;
  /** Milliseconds since it was first seen. */
  readonly ageMs: number;
  readonly residentMb: number;
  readonly descriptors: number;
}

const everyMs = 2_000;

/** Looks at every worker of these services every 2 s until it is over. */
export async function watchResources(
  scope: ScopeClient,
  services: readonly string[],
  over: AbortSignal,
): Promise<readonly ResourceSample[]> {
  const firstSeen = new Map<string, number>();
  const samples: ResourceSample[] = [];
  while (!over.aborted) {
    const now = performance.now();
    for (const service of services) {
      for (const { pid, startTicks } of await workersNow(scope, service)) {
        const process = `${pid}@${startTicks}`;
        firstSeen.set(process, firstSeen.get(process) ?? now);
        const seen = resourcesOf(pid);
        if (seen) samples.push({ service, process, ageMs: now - (firstSeen.get(process) ?? now), ...seen });
      }
    }
    await delay(everyMs, undefined, { signal: over }).catch(() => undefined);
  }
  return samples;
}

/** Undefined for a process that has gone. */
function resourcesOf(pid: number): Pick<ResourceSample, 'residentMb' | 'descriptors'> | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN);
    if (Number.isNaN(kb)) return undefined;
    return { residentMb: kb / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return undefined;
  }
}
