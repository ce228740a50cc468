import { execa } from 'execa';
import { ownerState } from './owner.ts';
import { environmentOf, processesOfRuns } from './process-table.ts';
import { removeRun } from './remove-run.ts';
import { knownRuns, readStackRecord } from './run-folder.ts';

/** Label that names the supervisor of a container's run. */
const supervisorLabel = 'gauntlet.supervisor';
/** Environment variable that names it in processes, and fills the label in compose.yaml. */
export const supervisorVariable = 'GAUNTLET_SUPERVISOR';

/**
 * Removes what crashed runs left behind: runs whose supervisor is dead. Runs of other machines that share the engine,
 * and kept stacks (their supervisor lives), are left alone.
 *
 * @returns the ids of the removed runs
 */
export async function sweep(engine: boolean): Promise<readonly string[]> {
  const orphans = new Set<string>();
  for (const runId of knownRuns()) {
    const owner = readStackRecord(runId)?.supervisor;
    if (owner && ownerState(owner) === 'dead') orphans.add(runId);
  }
  if (engine) {
    for (const { runId, owner } of await projects()) if (ownerState(owner) === 'dead') orphans.add(runId);
  }
  for (const runId of strayRuns()) orphans.add(runId);
  for (const runId of orphans) await removeRun({ runId, engine, graceMs: 0 });
  return [...orphans];
}

/** Runs on the engine, from the labels of their containers. */
async function projects(): Promise<readonly { runId: string; owner: string }[]> {
  const format = `{{.Label "com.docker.compose.project"}} {{.Label "${supervisorLabel}"}}`;
  const { stdout } = await execa(
    'docker',
    ['ps', '--all', '--filter', `label=${supervisorLabel}`, '--format', format],
    {
      reject: false,
      timeout: 15_000,
    },
  );
  const pairs = new Map((stdout ?? '').split('\n').map((line) => line.split(' ') as [string, string]));
  return [...pairs].flatMap(([project, owner]) =>
    project.startsWith('gauntlet-') && owner ? [{ runId: project.slice('gauntlet-'.length), owner }] : [],
  );
}

/** Runs that have processes, but whose supervisor is dead, whatever became of their folder. */
function strayRuns(): readonly string[] {
  const stray = processesOfRuns(() => true).filter(({ pid }) => {
    const owner = environmentOf(pid, supervisorVariable);
    return owner !== undefined && ownerState(owner) === 'dead';
  });
  return [...new Set(stray.map(({ runId }) => runId))];
}
