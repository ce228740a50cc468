import { readdir, readFile } from 'node:fs/promises';

/** Environment variable by which the processes of one run are found again. */
export const markerVariable = 'GAUNTLET_SANDBOX';

/**
 * Kills what a program left behind outside its process group. Only needed where it has no PID namespace, whose end
 * takes everything with it. Looks again until nothing is found, at most `rounds` times: a process may fork meanwhile.
 * @returns whether nothing is left
 */
export async function killLeftovers(marker: string, rounds = 20): Promise<boolean> {
  for (let round = 0; round < rounds; round += 1) {
    const found = await processesOf(marker);
    if (found.length === 0) return true;
    // All are stopped before any is killed, so that none can replace another.
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
      for (const pid of found) kill(pid, signal);
    }
  }
  return false;
}

async function processesOf(marker: string): Promise<readonly number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((entry) => /^\d+$/.test(entry));
  const marked = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      return environment.split('\0').includes(`${markerVariable}=${marker}`);
    }),
  );
  return pids.filter((_, index) => marked[index]).map(Number);
}

/** Sends a signal; a process (or group, when negative) that is gone already is no error. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
