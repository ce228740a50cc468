import type { ServiceFault } from '../plan/fault.ts';
import { connectSupervisor, type Supervisor } from '../stack/supervisor/client.ts';
import { type AppliedFault, bounded, type FaultTarget, FaultUnsupported } from './applied-fault.ts';
import { onContainer } from './container-fault.ts';
import { pidsOf, restored } from './restored.ts';

/** How long after its bound a fault is ended by the supervisor instead. */
const graceMs = 10_000;

/**
 * Restarts, pauses, disconnects or kills a whole service. Resolves when it has fired. A killed one stays dead until the
 * fault ends; a restarted one is on its way back at once.
 * @throws FaultUnsupported
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
  const before = await pidsOf(scope, service);
  const again = () => restored(target, service, before.length);
  switch (action) {
    case 'disconnect':
      throw new FaultUnsupported('without containers a service has no network of its own to be taken from');
    case 'pause':
      if (before.length === 0) throw new FaultUnsupported(`the processes of ${service} cannot be seen`);
      // The scope lets them go after the bound, even when this process is gone.
      for (const pid of before) await scope.stop(service, `p${pid}`, { revertAfterMs });
      return bounded({ stopped: before }, revertAfterMs, async () => {
        for (const pid of before) await scope.continue(service, `p${pid}`).catch(() => undefined);
        await again();
      });
    case 'kill': {
      // The supervisor brings it back when this process is gone before.
      const kill = (supervisor: Supervisor) => supervisor.kill(service, revertAfterMs + graceMs);
      const pid = await supervised(record.runId, kill);
      return bounded({ killed: pid, workers: before }, revertAfterMs, async () => {
        await supervised(record.runId, (supervisor) => supervisor.restart(service));
        await again();
      });
    }
    case 'restart': {
      const pid = await supervised(record.runId, (supervisor) => supervisor.restart(service));
      return bounded({ before, startedAs: pid }, revertAfterMs, again);
    }
  }
}

async function supervised(runId: string, ask: (supervisor: Supervisor) => Promise<number>): Promise<number> {
  const supervisor = await connectSupervisor(runId);
  try {
    return await ask(supervisor);
  } finally {
    supervisor.close();
  }
}
