import type { WorkerFault } from '../plan/fault.ts';
import { type AppliedFault, bounded, type FaultTarget, FaultUnsupported } from './applied-fault.ts';
import { pidsOf, restored, until } from './restored.ts';

/** Stops, continues, terminates or kills one worker. Resolves when it has fired. */
export async function applyWorkerFault(fault: WorkerFault, target: FaultTarget): Promise<AppliedFault> {
  const { scope } = target;
  if (!scope) throw new FaultUnsupported('the stack has no scope, so single workers cannot be reached');
  const { service, worker, action, revertAfterMs } = fault;
  if (action === 'stop') {
    const { pid, state } = await scope.stop(service, worker, { revertAfterMs });
    return bounded({ pid, state }, revertAfterMs, async () => {
      await scope.continue(service, `p${pid}`).catch(() => undefined);
    });
  }
  if (action === 'continue') {
    const { pid, state } = await scope.continue(service, worker);
    return bounded({ pid, state }, revertAfterMs, async () => undefined);
  }
  const expected = (await scope.workers(service)).length;
  const { pid } = action === 'kill' ? await scope.kill(service, worker) : await scope.term(service, worker);
  // A graceful end takes its time; a worker that has not ended by the bound is killed.
  const isGone = async () => (await pidsOf(scope, service)).every((each) => each !== pid);
  const graceful = await until(revertAfterMs, isGone);
  if (!graceful) await scope.kill(service, `p${pid}`).catch(() => undefined);
  const gone = graceful || (await until(revertAfterMs, isGone));
  const proof = { pid, gone, ...(action === 'term' ? { graceful } : {}) };
  return bounded(proof, revertAfterMs, () => restored(target, service, expected));
}
