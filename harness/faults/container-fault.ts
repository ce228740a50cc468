import { execa } from 'execa';
import type { ServiceFault } from '../plan/fault.ts';
import { projectName } from '../stack/remove-run.ts';
import { type AppliedFault, bounded, type FaultTarget } from './applied-fault.ts';
import { pidsOf, restored } from './restored.ts';

const engineWithinMs = 60_000;

/** A fault of a service that is a container. */
export async function onContainer(fault: ServiceFault, target: FaultTarget): Promise<AppliedFault> {
  const { service, action, revertAfterMs } = fault;
  const { record, scope } = target;
  const project = projectName(record.runId);
  const id = await docker('ps', '--all', '--quiet', ...labels(project, service));
  const before = scope ? await pidsOf(scope, service) : [];
  const status = () => docker('inspect', '--format', '{{.State.Status}}', id);
  const again = () => restored(target, service, before.length);
  switch (action) {
    case 'pause':
      await docker('pause', id);
      return bounded({ status: await status() }, revertAfterMs, async () => {
        await docker('unpause', id);
        await again();
      });
    case 'disconnect': {
      const network = `${project}_default`;
      await docker('network', 'disconnect', network, id);
      const left = await docker('inspect', '--format', '{{len .NetworkSettings.Networks}}', id);
      return bounded({ network, networksLeft: Number(left) }, revertAfterMs, async () => {
        await docker('network', 'connect', '--alias', service, network, id);
        await again();
      });
    }
    case 'kill':
      await docker('kill', id);
      return bounded({ status: await status() }, revertAfterMs, async () => {
        await docker('start', id);
        await again();
      });
    case 'restart':
      await docker('restart', '--time', '5', id);
      return bounded(
        { startedAt: await docker('inspect', '--format', '{{.State.StartedAt}}', id) },
        revertAfterMs,
        again,
      );
  }
}

const labels = (project: string, service: string) =>
  [`com.docker.compose.project=${project}`, `com.docker.compose.service=${service}`].flatMap((label) => [
    '--filter',
    `label=${label}`,
  ]);

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await execa('docker', args, { timeout: engineWithinMs });
  return stdout.trim();
}
