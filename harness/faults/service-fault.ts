import { execa } from 'execa';
import type { ServiceFault } from '../plan/fault.ts';
import { projectName } from '../stack/remove-run.ts';
import { connectSupervisor } from '../stack/supervisor/client.ts';
import type { WorkerView } from '../workers/client.ts';
import { type AppliedFault, type FaultTarget, FaultUnsupported } from './applied-fault.ts';
import { restored } from './worker-fault.ts';

/** Restarts, pauses, disconnects or kills a whole service. Resolves when it has fired. */
export async function applyServiceFault(fault: ServiceFault, target: FaultTarget): Promise<AppliedFault> {
  const { record } = target;
  const service = record.services[fault.service];
  if (!service?.url) throw new FaultUnsupported(`the stack has no service "${fault.service}"`);
  if (service.state === 'remote') throw new FaultUnsupported(`${fault.service} runs elsewhere`);
  return record.driver === 'compose' ? await onContainer(fault, target) : await onProcesses(fault, target);
}

async function onProcesses(fault: ServiceFault, { record, scope }: FaultTarget): Promise<AppliedFault> {
  const { service, action, revertAfterMs } = fault;
  if (!scope) throw new FaultUnsupported('the stack has no scope, so processes cannot be reached');
  if (action === 'disconnect') {
    throw new FaultUnsupported('without containers a service has no network of its own to be taken from');
  }
  const before = await scope.workers(service);
  const pids = before.map(({ pid }) => pid);
  if (action === 'pause') {
    for (const pid of pids) await scope.stop(service, `p${pid}`, { revertAfterMs });
    const revert = async () => {
      for (const pid of pids) await scope.continue(service, `p${pid}`).catch(() => undefined);
    };
    return { proof: { stopped: pids }, revert };
  }
  if (action === 'kill') for (const pid of pids) await scope.kill(service, `p${pid}`).catch(() => undefined);
  const supervisor = await connectSupervisor(record.runId);
  try {
    const pid = await supervisor.restart(service);
    return { proof: { before: pids, startedAs: pid }, revert: () => restored(scope, service, before.length) };
  } finally {
    supervisor.close();
  }
}

async function onContainer(fault: ServiceFault, { record, scope }: FaultTarget): Promise<AppliedFault> {
  const { service, action } = fault;
  const project = projectName(record.runId);
  const id = await docker('ps', '--all', '--quiet', ...labels(project, service));
  const before: readonly WorkerView[] = (await scope?.workers(service).catch(() => [])) ?? [];
  const again = async () => {
    if (scope) await restored(scope, service, before.length);
  };
  switch (action) {
    case 'pause':
      await docker('pause', id);
      return {
        proof: { status: await docker('inspect', '--format', '{{.State.Status}}', id) },
        revert: async () => void (await docker('unpause', id).catch(() => '')),
      };
    case 'disconnect': {
      const network = `${project}_default`;
      await docker('network', 'disconnect', network, id);
      const revert = async () => {
        await docker('network', 'connect', '--alias', service, network, id).catch(() => '');
        await again();
      };
      return { proof: { network, disconnected: true }, revert };
    }
    case 'kill':
      await docker('kill', id);
      return {
        proof: { status: await docker('inspect', '--format', '{{.State.Status}}', id) },
        revert: async () => {
          await docker('start', id);
          await again();
        },
      };
    case 'restart':
      await docker('restart', '--time', '5', id);
      return {
        proof: { startedAt: await docker('inspect', '--format', '{{.State.StartedAt}}', id) },
        revert: again,
      };
  }
}

const labels = (project: string, service: string) =>
  [`com.docker.compose.project=${project}`, `com.docker.compose.service=${service}`].flatMap((label) => [
    '--filter',
    `label=${label}`,
  ]);

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await execa('docker', args, { timeout: 60_000 });
  return stdout.trim();
}
