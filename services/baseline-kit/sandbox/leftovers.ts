import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Isolation } from './isolation.ts';

/** Environment variable by which the processes of one run are found again. */
export const markerVariable = 'GAUNTLET_SANDBOX';

/**
 * Kills a launched program. In a PID namespace only its first process is killed, which takes all others with it and
 * ends behind them (pid_namespaces(7)): the launcher, left alive, waits for that, so that its own exit tells that
 * nothing is left. Elsewhere the process group is killed, and the rest is for {@link killLeftovers}.
 * @param launcher leader of the group
 */
export function killProcesses(launcher: number, isolation: Isolation): void {
  // Stopped, it starts no first process behind our look.
  if (isolation === 'namespaces') kill(launcher, 'SIGSTOP');
  const first = isolation === 'namespaces' ? firstOfNamespace(launcher) : undefined;
  if (first === undefined) kill(-launcher, 'SIGKILL');
  else {
    kill(first, 'SIGKILL');
    kill(launcher, 'SIGCONT');
  }
}

/** The child of a process that is the first one of a PID namespace; undefined where none is, or the kernel tells none. */
function firstOfNamespace(parent: number): number | undefined {
  try {
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ');
    return children
      .filter(Boolean)
      .map(Number)
      .find((pid) => /^NSpid:.*\t1$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
  } catch {
    return undefined;
  }
}

const lookEveryMs = 5;

/**
 * Kills what a program left behind outside its process group. Only needed where it has no PID namespace, whose end
 * takes everything with it. Looks again until nothing is found: a process may fork meanwhile, and one that holds much
 * memory takes its time to end.
 * @param find the processes that there are now
 * @param forMs how long at most
 * @returns whether nothing is left
 */
export async function killLeftovers(find: () => Promise<readonly number[]>, forMs = 5_000): Promise<boolean> {
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    const found = await find();
    if (found.length === 0) return true;
    // All are stopped before any is killed, so that none can replace another.
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
      for (const pid of found) kill(pid, signal);
    }
    await setTimeout(lookEveryMs);
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
