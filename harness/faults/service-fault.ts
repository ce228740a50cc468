import type { ServiceFault } from '../plan/fault.ts';
import { type Supervisor, supervised } from '../stack/supervisor/client.ts';
import type { ScopeClient } from '../workers/client.ts';
import { type AppliedFault, bounded, type FaultTarget, FaultUnsupported } from './applied-fault.ts';
import { onContainer } from './container-fault.ts';
import { now } from './now.ts';
import { restored, until } from './restored.ts';
import { allGone, type Identity, identity, letGo, wasGone, workersNow } from './workers-now.ts';

/** How long after its bound a fault is ended by the supervisor instead. */
const graceMs = 10_000;
/** How long after its SIGKILL a process may still be there. */
const killedWithinMs = 2_000;

/**
 * Restarts, pauses, disconnects or kills a whole service. Resolves when it has fired. A killed one stays dead until the
 * fault ends; a restarted one is on its way back at once.
 * @throws FaultUnsupported; ScopeClientError
 */
export async function applyServiceFault(fault: ServiceFault, target: FaultTarget): Promise<AppliedFault> {
  const { record } = target;
  const service = record.services[fault.service];
  if (!service?.url) throw new FaultUnsupported(`the stack has no service "${fault.service}"`);
  if (service.state === 'remote') throw new FaultUnsupported(`${fault.service} runs elsewhere`);
  return record.driver === 'compose' ? await onContainer(fault, target) : await onProcesses(fault, target);
}

async function onProcesses(fault: ServiceFault, target: FaultTarget): Promise<AppliedFault> {
  const { service, action, revertAfterMs } = fault;
  const { record, scope } = target;
  if (!scope) throw new FaultUnsupported('the stack has no scope, so processes cannot be reached');
  const before = await workersNow(scope, service);
  if (before.length === 0) throw new FaultUnsupported(`the processes of ${service} cannot be seen`);
  const again = () => restored(target, service, before.length);
  const firedAt = now();
  switch (action) {
    case 'disconnect':
      throw new FaultUnsupported('without containers a service has no network of its own to be taken from');
    case 'pause':
      return await pause(fault, scope, before, again);
    case 'kill': {
      // The supervisor brings it back when this process is gone before.
      const kill = (supervisor: Supervisor) => supervisor.kill(service, revertAfterMs + graceMs);
      const killed = await supervised(record.runId, kill);
      const seen = await ended(scope, service, before, { killed });
      return bounded({ firedAt, ...seen }, revertAfterMs, async () => {
        await supervised(record.runId, (supervisor) => supervisor.restart(service));
        await again();
      });
    }
    case 'restart': {
      const startedAs = await supervised(record.runId, (supervisor) => supervisor.restart(service));
      const seen = await ended(scope, service, before, { startedAs });
      return bounded({ firedAt, ...seen }, revertAfterMs, again);
    }
  }
}

async function pause(
  { service, revertAfterMs }: ServiceFault,
  scope: ScopeClient,
  before: readonly Identity[],
  again: () => Promise<void>,
): Promise<AppliedFault> {
  const firedAt = now();
  // The scope lets them go after the bound, even when this process is gone.
  const stopped = await Promise.all(
    before.map(({ pid }) =>
      scope.stop(service, `p${pid}`, { revertAfterMs }).catch((error: unknown) => {
        if (wasGone(error)) return undefined;
        throw error;
      }),
    ),
  );
  const held = stopped.filter((view) => view?.state === 'stopped').flatMap((view) => view ?? []);
  const seen =
    held.length === before.length
      ? { proof: { stopped: held.map(identity) } }
      : { reason: `only ${held.length} of ${before.length} processes of ${service} stopped` };
  return bounded({ firedAt, ...seen }, revertAfterMs, async () => {
    for (const process of held) await letGo(scope, service, process);
    await again();
  });
}

/** The proof of an end: the processes that were there are there no more. */
async function ended(
  scope: ScopeClient,
  service: string,
  before: readonly Identity[],
  how: Readonly<Record<string, number>>,
) {
  const isGone = await until(killedWithinMs, () => allGone(scope, service, before));
  return isGone
    ? { proof: { ...how, gone: before.map(identity) } }
    : { reason: `processes of ${service} are still there` };
}
