import { readdir, readFile } from 'node:fs/promises';

/** Environment variable by which the processes of one run are found again. */
export const markerVariable = 'GAUNTLET_SANDBOX';

/**
 * Kills what a program left behind outside its process group. Only needed where it has no PID namespace, whose end
 * takes everything with it. Looks again until nothing is found, at most `rounds` times: a process may fork meanwhile.
 * @param find the processes that there are now
 * @returns whether nothing is left
 */
export async function killLeftovers(find: () => Promise<readonly number[]>, rounds = 20): Promise<boolean> {
  for (let round = 0; round < rounds; round += 1) {
    const found = await find();
    if (found.length === 0) return true;
    // All are stopped before any is killed, so that none can replace another.
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
      for (const pid of found) kill(pid, signal);
    }
  }
  return false;
}

/** Processes whose user is this one, whatever they did to their environment, group or session. */
export function processesOfUser(user: number): Promise<readonly number[]> {
  // Real, effective, saved and file system id (proc_pid_status(5)). A zombie holds nothing any more.
  const isUsers = new RegExp(`^Uid:.*\\b${user}\\b`, 'm');
  return processesWhose('status', (status) => isUsers.test(status) && !/^State:\s+Z/m.test(status));
}

/** Processes that still carry the marker which their run began with; one that emptied its environment is not found. */
export function processesOfRun(marker: string): Promise<readonly number[]> {
  const entry = `${markerVariable}=${marker}`;
  return processesWhose('environ', (environment) => environment.split('\0').includes(entry));
}

async function processesWhose(file: string, matches: (text: string) => boolean): Promise<readonly number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((entry) => /^\d+$/.test(entry));
  const found = await Promise.all(
    pids.map(async (pid) => matches(await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''))),
  );
  return pids.filter((_, index) => found[index]).map(Number);
}

/** Sends a signal; a process (or group, when negative) that is gone already is no error. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
