import { readFileSync } from 'node:fs';
import { environmentOf, processesOfRuns } from '../../stack/process-table.ts';

/** Resident kilobytes of all processes of a service of a run, its workers included. */
export function residentKb(runId: string, service: string): number {
  const pids = processesOfRuns((run) => run === runId)
    .map(({ pid }) => pid)
    .filter((pid) => environmentOf(pid, 'GAUNTLET_SERVICE') === service);
  return pids.reduce((sum, pid) => sum + residentKbOf(pid), 0);
}

function residentKbOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
