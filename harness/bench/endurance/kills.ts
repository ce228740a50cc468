import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { workersNow } from '../../faults/workers-now.ts';
import { type ScopeClient, ScopeClientError } from '../../workers/client.ts';

export interface KillOptions {
  readonly everyMs: number;
  readonly seed: number;
  /** Index of the worker that is killed next, of whichever service. */
  readonly worker: () => number;
  readonly over: AbortSignal;
}

/** For some six hours. */
const maxKills = 10_000;

/** Kills a worker of one of the services again and again until it is over; how many of each were killed. */
export async function killEvery(
  scope: ScopeClient,
  services: readonly string[],
  { everyMs, seed, worker, over }: KillOptions,
): Promise<ReadonlyMap<string, number>> {
  const killed = new Map(services.map((service) => [service, 0]));
  const order = fc.sample(fc.shuffledSubarray([...services], { minLength: services.length }), {
    seed,
    numRuns: maxKills,
  });
  for (const candidates of order) {
    await delay(everyMs, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) break;
    for (const service of candidates) {
      if (!(await isKilled(scope, service, worker()))) continue;
      killed.set(service, (killed.get(service) ?? 0) + 1);
      break;
    }
  }
  return killed;
}

/** False for a worker that is not there again yet, or goes in between. */
async function isKilled(scope: ScopeClient, service: string, index: number): Promise<boolean> {
  const victim = (await workersNow(scope, service)).find((each) => each.index === index);
  if (victim === undefined) return false;
  return scope.kill(service, `p${victim.pid}`).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ScopeClientError) return false;
      throw error;
    },
  );
}
