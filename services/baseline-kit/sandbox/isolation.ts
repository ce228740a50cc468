import { readFileSync } from 'node:fs';
import type { SandboxLimits } from './limits.ts';
import type { Runtime } from './runtimes.ts';

/**
 * How far a sandboxed program is cut off. `namespaces`: its own users, processes, file system and network.
 * `process`: only a process group, resource limits and a folder; used where the kernel refuses namespaces.
 */
export type Isolation = 'namespaces' | 'process';

export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
}

const enterScript = readFileSync(new URL('enter.sh', import.meta.url), 'utf8');

/** The program inside sees this and nothing of the service's environment. */
const innerEnvironment = ['PATH=/usr/local/bin:/usr/bin:/bin', 'HOME=/tmp', 'TMPDIR=/tmp', 'LANG=C.UTF-8'];

/**
 * Command line that reads a program's source from standard input, writes it to a file and runs it limited.
 * @param program path of the interpreter
 * @param folder temporary folder: where the root is built (`namespaces`) or where the program runs (`process`)
 */
export function commandLine(
  isolation: Isolation,
  runtime: Runtime,
  program: string,
  folder: string,
  limits: SandboxLimits,
  ownUser: boolean,
): CommandLine {
  const limited = [
    'prlimit',
    `--cpu=${limits.cpuSeconds}:${limits.cpuSeconds + 1}`,
    runtime.memoryOption(limits.memoryBytes),
    `--fsize=${limits.fileBytes}`,
    `--nofile=${limits.openFiles}`,
    '--core=0',
    // The kernel counts the processes of a user: only a user of the sandbox's own can have a limit of its own.
    ...(isolation === 'namespaces' || ownUser ? [`--nproc=${limits.processes}`] : []),
  ];
  const dieWithParent = ['--pdeathsig', 'KILL'];
  if (isolation === 'process') {
    const script = 'cat > "$0" && exec "$@"';
    const run = [...limited, program, ...runtime.flags, runtime.fileName];
    return {
      file: 'setpriv',
      args: [...dieWithParent, '--no-new-privs', 'sh', '-c', script, runtime.fileName, ...run],
    };
  }
  const run = [
    ...limited,
    'env',
    '-i',
    ...innerEnvironment,
    program,
    ...runtime.flags,
    `/tmp/${runtime.fileName}`,
  ];
  const unshare = [
    'unshare',
    '--user',
    '--map-root-user',
    '--net',
    '--pid',
    '--ipc',
    '--uts',
    '--mount',
    '--fork',
  ];
  const enter = ['sh', '-c', enterScript, 'enter', folder, String(limits.diskBytes), runtime.fileName];
  const bound = program.startsWith('/usr/') || !program.startsWith('/') ? '-' : program;
  return {
    file: 'setpriv',
    args: [...dieWithParent, ...unshare, '--kill-child=KILL', ...enter, bound, ...run],
  };
}
