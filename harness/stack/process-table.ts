import { readdirSync, readFileSync } from 'node:fs';

/** Start time of a process in clock ticks since boot: with the pid it names a process for good. Undefined when gone. */
export function startTimeOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : Number(fields[19]);
  } catch {
    return undefined;
  }
}

/** Value of one variable in the environment a process was started with; undefined when it may not be read. */
export function environmentOf(pid: number, name: string): string | undefined {
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return entries.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
  } catch {
    return undefined;
  }
}

/** All living processes whose GAUNTLET_RUN satisfies the test. Empty where there is no /proc. */
export function processesOfRuns(test: (runId: string) => boolean): readonly { pid: number; runId: string }[] {
  let pids: readonly number[];
  try {
    pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
  return pids.flatMap((pid) => {
    const runId = pid === process.pid ? undefined : environmentOf(pid, 'GAUNTLET_RUN');
    return runId !== undefined && test(runId) && startTimeOf(pid) !== undefined ? [{ pid, runId }] : [];
  });
}
