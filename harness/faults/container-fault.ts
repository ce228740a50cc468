import { execa } from 'execa';
import type { ServiceFault } from '../plan/fault.ts';
import type { JsonRecord } from '../plan/json.ts';
import { projectName } from '../stack/remove-run.ts';
import { supervised } from '../stack/supervisor/client.ts';
import { type AppliedFault, bounded, type FaultTarget } from './applied-fault.ts';
import { now } from './now.ts';
import { restored } from './restored.ts';
import { workersNow } from './workers-now.ts';

const engineWithinMs = 60_000;
/** How long after its bound a fault is ended by the supervisor instead. */
const graceMs = 2_000;

/**
 * A fault of a service that is a container. What undoes it is with the supervisor before it is done, since that outlives
 * this process.
 */
export async function onContainer(fault: ServiceFault, target: FaultTarget): Promise<AppliedFault> {
  const { service, action, revertAfterMs } = fault;
  const { record, scope } = target;
  const project = projectName(record.runId);
  const id = await docker('ps', '--all', '--quiet', ...labels(project, service));
  const before = scope ? (await workersNow(scope, service)).length : 0;
  const again = () => restored(target, service, before);
  const state = (what: string) => docker('inspect', '--format', `{{${what}}}`, id);
  if (action === 'restart') {
    const startedBefore = await state('.State.StartedAt');
    const firedAt = now();
    await docker('restart', '--time', '5', id);
    const startedAt = await state('.State.StartedAt');
    const seen = shown(startedAt !== startedBefore, { startedBefore, startedAt }, 'it was not started anew');
    return bounded({ firedAt, ...seen }, revertAfterMs, again);
  }
  const network = `${project}_default`;
  const way = ways(network, service, id)[action];
  const name = `${service} ${action}`;
  const undoAfter = (ms: number) =>
    supervised(record.runId, (supervisor) => supervisor.undoLater(name, [way.undo], ms));
  // First for as long as the engine may take, so that it cannot be undone before it is done.
  await undoAfter(engineWithinMs + revertAfterMs);
  const firedAt = now();
  await docker(...way.apply);
  await undoAfter(revertAfterMs + graceMs);
  const value = await state(way.shows);
  const seen = shown(value === way.value, way.proof(value), `its state is ${value}`);
  return bounded({ firedAt, ...seen }, revertAfterMs, async () => {
    await supervised(record.runId, (supervisor) => supervisor.undoNow(name));
    await again();
  });
}

const shown = (isShown: boolean, proof: JsonRecord, reason: string) => (isShown ? { proof } : { reason });

/** How each is done and undone, and what of the container shows it. */
const ways = (network: string, service: string, id: string) =>
  ({
    pause: {
      apply: ['pause', id],
      undo: ['unpause', id],
      shows: '.State.Status',
      value: 'paused',
      proof: (status: string): JsonRecord => ({ status }),
    },
    kill: {
      apply: ['kill', id],
      undo: ['start', id],
      shows: '.State.Status',
      value: 'exited',
      proof: (status: string): JsonRecord => ({ status }),
    },
    disconnect: {
      apply: ['network', 'disconnect', network, id],
      undo: ['network', 'connect', '--alias', service, network, id],
      shows: 'len .NetworkSettings.Networks',
      value: '0',
      proof: (left: string): JsonRecord => ({ network, networksLeft: Number(left) }),
    },
  }) as const;

const labels = (project: string, service: string) =>
  [`com.docker.compose.project=${project}`, `com.docker.compose.service=${service}`].flatMap((label) => [
    '--filter',
    `label=${label}`,
  ]);

async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await execa('docker', args, { timeout: engineWithinMs });
  return stdout.trim();
}
