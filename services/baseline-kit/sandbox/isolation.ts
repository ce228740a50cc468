import { readFileSync } from 'node:fs';
import type { SandboxLimits } from './limits.ts';
import type { Runtime } from './runtimes.ts';

/**
 * How far a sandboxed program is cut off. `namespaces`: its own users, processes, file system and network.
 * `process`: only a user (or, where that was asked for, not even that), resource limits and a folder; used where the
 * kernel refuses namespaces.
 */
export type Isolation = 'namespaces' | 'process';

export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
}

export interface Confinement {
  readonly isolation: Isolation;
  readonly runtime: Runtime;
  /** Path of the interpreter. */
  readonly program: string;
  /** It lies in a folder that only root may enter. */
  readonly hidden: boolean;
  readonly limits: SandboxLimits;
  /** Id of the user that a server which runs as root lends the program. */
  readonly user: number | undefined;
}

const enterScript = readFileSync(new URL('enter.sh', import.meta.url), 'utf8');
const stageScript = readFileSync(new URL('stage.sh', import.meta.url), 'utf8');
const dieWithParent = ['--pdeathsig', 'KILL'];

/** The program inside sees this and nothing of the service's environment. */
const innerEnvironment = ['PATH=/usr/local/bin:/usr/bin:/bin', 'HOME=/tmp', 'TMPDIR=/tmp', 'LANG=C.UTF-8'];

/**
 * Command line that reads a program's source from standard input, writes it to a file and runs it limited.
 * @param folder temporary folder: where the root is built (`namespaces`) or where the program runs (`process`)
 */
export function commandLine(confinement: Confinement, folder: string): CommandLine {
  const { isolation, runtime, program, hidden, user } = confinement;
  if (isolation === 'process') {
    const script = 'cat > "$0" && exec "$@"';
    const run = [...limited(confinement), program, ...runtime.flags, runtime.fileName];
    const args = [...dieWithParent, '--no-new-privs', 'sh', '-c', script, runtime.fileName, ...run];
    return { file: 'setpriv', args };
  }
  if (!hidden || user === undefined) return { file: 'setpriv', args: entering(confinement, program, folder) };
  const place = folder === '/tmp' ? '/var/tmp' : '/tmp';
  const lent = ['setpriv', '--reuid', String(user), '--regid', String(user), '--clear-groups', 'setpriv'];
  const inner = [...lent, ...entering(confinement, `${place}/program`, folder)];
  return { file: 'unshare', args: ['--mount', 'sh', '-c', stageScript, 'stage', place, program, ...inner] };
}

/** Arguments of setpriv that enter the namespaces and run the program there. */
function entering(confinement: Confinement, program: string, folder: string): readonly string[] {
  const { runtime, limits } = confinement;
  const run = [
    ...limited(confinement),
    ...['env', '-i', ...innerEnvironment],
    ...[program, ...runtime.flags, `/tmp/${runtime.fileName}`],
  ];
  const namespaces = ['--user', '--map-root-user', '--net', '--pid', '--ipc', '--uts', '--mount', '--fork'];
  const enter = ['sh', '-c', enterScript, 'enter', folder, String(limits.diskBytes), runtime.fileName];
  const bound = program.startsWith('/usr/') || !program.startsWith('/') ? '-' : program;
  return [...dieWithParent, 'unshare', ...namespaces, '--kill-child=KILL', ...enter, bound, ...run];
}

function limited({ isolation, runtime, limits, user }: Confinement): readonly string[] {
  return [
    'prlimit',
    `--cpu=${limits.cpuSeconds}:${limits.cpuSeconds + 1}`,
    runtime.memoryOption(limits.memoryBytes),
    `--fsize=${limits.fileBytes}`,
    `--nofile=${limits.openFiles}`,
    '--core=0',
    // The kernel counts the processes of a user: only a user of the sandbox's own can have a limit of its own.
    ...(isolation === 'namespaces' || user !== undefined ? [`--nproc=${limits.processes}`] : []),
  ];
}
