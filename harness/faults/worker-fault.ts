import type { WorkerFault } from '../plan/fault.ts';
import type { ScopeClient, WorkerRef } from '../workers/client.ts';
import { type AppliedFault, bounded, type FaultTarget, FaultUnsupported } from './applied-fault.ts';
import { now } from './now.ts';
import { restored, until } from './restored.ts';
import { allGone, identity, letGo, wasGone, workersNow } from './workers-now.ts';

/** A fault whose worker is known: by number, or by the process that a causal target came to. */
export type AimedWorkerFault = Omit<WorkerFault, 'worker'> & { readonly worker: WorkerRef };

/** How long after its SIGKILL a process may still be there. */
const killedWithinMs = 2_000;

/**
 * Stops, continues, terminates or kills one worker. Resolves when it has fired.
 * @param workers how many the service has; asked for unless it is known, which takes a moment
 * @throws FaultUnsupported without a scope; ScopeClientError
 */
export async function applyWorkerFault(
  fault: AimedWorkerFault,
  target: FaultTarget,
  workers?: number,
): Promise<AppliedFault> {
  const { scope } = target;
  if (!scope) throw new FaultUnsupported('the stack has no scope, so single workers cannot be reached');
  const { action } = fault;
  return action === 'stop' || action === 'continue'
    ? await halt(fault, scope)
    : await end(fault, target, scope, workers);
}

async function halt(
  { service, worker, action, revertAfterMs }: AimedWorkerFault,
  scope: ScopeClient,
): Promise<AppliedFault> {
  const firedAt = now();
  const isStop = action === 'stop';
  const done = isStop
    ? await scope.stop(service, worker, { revertAfterMs })
    : await scope.continue(service, worker);
  const wanted = isStop ? 'stopped' : 'running';
  const seen =
    done.state === wanted
      ? { proof: { ...identity(done), state: done.state } }
      : { reason: `the process ${done.pid} was ${done.state}, not ${wanted}` };
  return bounded({ firedAt, ...seen }, revertAfterMs, async () => {
    if (isStop) await letGo(scope, service, done);
  });
}

async function end(
  { service, worker, action, revertAfterMs }: AimedWorkerFault,
  target: FaultTarget,
  scope: ScopeClient,
  workers?: number,
): Promise<AppliedFault> {
  const expected = workers ?? (await workersNow(scope, service)).length;
  const firedAt = now();
  const done = action === 'kill' ? await scope.kill(service, worker) : await scope.term(service, worker);
  const isGone = () => allGone(scope, service, [done]);
  // A graceful end takes its time; a worker that has not ended by the bound is killed.
  const graceful = await until(action === 'kill' ? killedWithinMs : revertAfterMs, isGone);
  if (!graceful) {
    await scope.kill(service, `p${done.pid}`).catch((error: unknown) => {
      if (!wasGone(error)) throw error;
    });
  }
  const gone = graceful || (await until(killedWithinMs, isGone));
  const seen = gone
    ? { proof: { ...identity(done), gone, ...(action === 'term' ? { graceful } : {}) } }
    : { reason: `the process ${done.pid} is still there` };
  return bounded({ firedAt, ...seen }, revertAfterMs, () => restored(target, service, expected));
}
