import { setTimeout as delay } from 'node:timers/promises';
import type { WorkerFault } from '../plan/fault.ts';
import type { ScopeClient, WorkerView } from '../workers/client.ts';
import { type AppliedFault, type FaultTarget, FaultUnsupported } from './applied-fault.ts';

const restoredWithinMs = 20_000;
const pauseMs = 25;

/** Stops, continues, terminates or kills one worker. Resolves when it has fired. */
export async function applyWorkerFault(fault: WorkerFault, { scope }: FaultTarget): Promise<AppliedFault> {
  if (!scope) throw new FaultUnsupported('the stack has no scope, so single workers cannot be reached');
  const { service, worker, action, revertAfterMs } = fault;
  if (action === 'stop') {
    const { pid, state } = await scope.stop(service, worker, { revertAfterMs });
    const revert = async () => void (await scope.continue(service, `p${pid}`).catch(() => undefined));
    return { proof: { pid, state }, revert };
  }
  if (action === 'continue') {
    const { pid, state } = await scope.continue(service, worker);
    return { proof: { pid, state }, revert: async () => undefined };
  }
  const before = await scope.workers(service);
  const expected = before.length;
  const { pid } = action === 'kill' ? await scope.kill(service, worker) : await scope.term(service, worker);
  // A graceful end takes its time; a worker that has not ended by the bound is killed.
  const gone = await until(revertAfterMs, async () =>
    (await pidsOf(scope, service)).every((each) => each !== pid),
  );
  if (!gone) await scope.kill(service, `p${pid}`).catch(() => undefined);
  const proof = { pid, gone: true, ...(action === 'term' ? { graceful: gone } : {}) };
  return { proof, revert: () => restored(scope, service, expected) };
}

/** Waits until a service has its number of workers again. */
export async function restored(scope: ScopeClient, service: string, expected: number): Promise<void> {
  const isBack = async () => (await pidsOf(scope, service)).length >= expected;
  if (!(await until(restoredWithinMs, isBack))) {
    throw new Error(`${service} did not have its ${expected} workers again within ${restoredWithinMs} ms`);
  }
}

async function pidsOf(scope: ScopeClient, service: string): Promise<readonly number[]> {
  const workers: readonly WorkerView[] = await scope.workers(service).catch(() => []);
  return workers.filter(({ state }) => state !== 'gone').map(({ pid }) => pid);
}

async function until(boundMs: number, condition: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + boundMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await delay(pauseMs);
  }
  return true;
}
