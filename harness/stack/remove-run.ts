import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { processesOfRuns } from './process-table.ts';
import { runFolder } from './run-folder.ts';

/** Compose project of a run. */
export function projectName(runId: string): string {
  return `gauntlet-${runId}`;
}

export interface Removal {
  readonly runId: string;
  /** Whether the run may have containers. */
  readonly engine: boolean;
  /** How long processes get to stop by themselves. */
  readonly graceMs?: number;
}

/** Removes everything a run has or is about to have: processes, containers, networks, volumes, files. Idempotent. */
export async function removeRun({ runId, engine, graceMs = 600 }: Removal): Promise<void> {
  await endProcesses(runId, graceMs);
  // The engine may still be creating what a compose process that is gone by now had asked for: look twice.
  if (engine) for (let empty = 0; empty < 2; ) empty = (await removeContainers(runId)) ? 0 : empty + 1;
  await endProcesses(runId, 0);
  rmSync(runFolder(runId), { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

async function endProcesses(runId: string, graceMs: number): Promise<void> {
  const isOurs = (id: string) => id === runId;
  for (const { pid } of processesOfRuns(isOurs)) signal(pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (Date.now() < deadline && processesOfRuns(isOurs).length > 0) await delay(20);
  // Again until none is left: a process may fork while it is being looked for.
  for (let left = processesOfRuns(isOurs), round = 0; left.length > 0 && round < 50; round++) {
    for (const { pid } of left) signal(pid, 'SIGKILL');
    await delay(20);
    left = processesOfRuns(isOurs);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already, or not ours to end: both are seen by the next look.
  }
}

async function removeContainers(runId: string): Promise<boolean> {
  const label = `label=com.docker.compose.project=${projectName(runId)}`;
  let found = false;
  for (const [kind, list, remove] of [
    ['container', ['ps', '--all', '--quiet'], ['rm', '--force', '--volumes']],
    ['network', ['network', 'ls', '--quiet'], ['network', 'rm']],
    ['volume', ['volume', 'ls', '--quiet'], ['volume', 'rm', '--force']],
  ] as const) {
    const listed = await docker([...list, '--filter', label]);
    const ids = listed.split('\n').filter(Boolean);
    if (ids.length === 0) continue;
    found = true;
    await docker([...remove, ...ids], kind);
  }
  return found;
}

/** Failures are not fatal here: the next look decides what is left. */
async function docker(args: readonly string[], removing?: string): Promise<string> {
  const result = await execa('docker', args, { reject: false, timeout: 30_000 });
  if (removing && result.failed) await delay(100);
  return result.stdout ?? '';
}
