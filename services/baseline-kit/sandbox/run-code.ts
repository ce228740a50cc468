import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CodeRun, RunOutcome } from './code-run.ts';
import { commandLine, type Isolation } from './isolation.ts';
import {
  kill,
  killLeftovers,
  killProcesses,
  markerVariable,
  processesOfRun,
  processesOfUser,
} from './leftovers.ts';
import { isHidden, lendUser } from './lent-user.ts';
import type { SandboxLimits } from './limits.ts';
import { watchMemory } from './memory-watch.ts';
import type { Runtime } from './runtimes.ts';

export interface RunRequest {
  readonly isolation: Isolation;
  readonly runtime: Runtime;
  /** Path of the interpreter. */
  readonly program: string;
  readonly code: string;
  readonly limits: SandboxLimits;
  /** Ends the run with everything it started; the promise then rejects with its reason. */
  readonly signal: AbortSignal;
}

/** Process groups of runs that are under way; ended with the worker, whatever ends it short of SIGKILL. */
const groups = new Set<number>();
process.on('exit', () => {
  for (const group of groups) kill(-group, 'SIGKILL');
});

/**
 * Runs a program in a fresh temporary folder, which is removed afterwards, and waits until nothing of it is left.
 * @throws the signal's reason when aborted; errors of the system when no process can be started
 */
export async function runCode(request: RunRequest): Promise<CodeRun> {
  request.signal.throwIfAborted();
  using user = await lendUser(request.isolation === 'process');
  // In a mount namespace the folder is in memory, laid over this one and seen by nobody else: nothing can be left of it.
  const covered = request.program.startsWith('/tmp/') ? '/var/tmp' : '/tmp';
  if (request.isolation === 'namespaces') return await runIn(covered, user?.id, request);
  const folder = await mkdtemp(join(tmpdir(), 'gauntlet-sandbox-'));
  try {
    if (user !== undefined) await chown(folder, user.id, user.id);
    return await runIn(folder, user?.id, request);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  }
}

async function runIn(folder: string, user: number | undefined, request: RunRequest): Promise<CodeRun> {
  const { isolation, runtime, program, code, limits, signal } = request;
  const marker = randomUUID();
  // Only root can make way to a hidden program, and then takes the lent user's id on the way.
  const hidden = isolation === 'namespaces' && user !== undefined && (await isHidden(program));
  const { file, args } = commandLine({ isolation, runtime, program, hidden, limits, user }, folder);
  const startedAt = performance.now();
  const child = spawn(file, args, {
    cwd: folder,
    env: launcherEnvironment(marker, folder),
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(user === undefined || hidden ? {} : { uid: user, gid: user }),
  });
  if (child.pid !== undefined) groups.add(child.pid);
  const capture = captureOutput(child, limits.outputBytes, () => stop('output_limit'));
  let outcome: RunOutcome = 'exited';
  const stop = (reason: RunOutcome) => {
    outcome = reason;
    if (child.pid !== undefined && child.exitCode === null) killProcesses(child.pid, isolation);
  };
  const timer = setTimeout(() => stop('timeout'), limits.wallClockMs);
  using _memory =
    child.pid === undefined
      ? undefined
      : watchMemory(child.pid, limits.totalMemoryBytes, () => stop('memory_limit'));
  const onAbort = () => stop('exited');
  signal.addEventListener('abort', onAbort, { once: true });
  // A program that fails before it has read its source must not take the server with it.
  child.stdin.on('error', () => undefined);
  child.stdin.end(code);
  try {
    const { exitCode, exitSignal } = await exited(child);
    const durationMs = Math.round(performance.now() - startedAt);
    if (child.pid !== undefined) kill(-child.pid, 'SIGKILL');
    if (isolation === 'process')
      await killLeftovers(() => (user === undefined ? processesOfRun(marker) : processesOfUser(user)));
    const output = await capture.finish();
    signal.throwIfAborted();
    return { runtime: runtime.name, outcome, exitCode, signal: exitSignal, output, durationMs };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    if (child.pid !== undefined) groups.delete(child.pid);
  }
}

/** Nothing of the server's environment but the run's marker, by which a stack's processes are swept up. */
function launcherEnvironment(marker: string, folder: string): NodeJS.ProcessEnv {
  const run = process.env.GAUNTLET_RUN;
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: folder,
    TMPDIR: folder,
    LANG: 'C.UTF-8',
    [markerVariable]: marker,
    ...(run === undefined ? {} : { GAUNTLET_RUN: run }),
  };
}

interface End {
  readonly exitCode: number | null;
  readonly exitSignal: NodeJS.Signals | null;
}

/** A shell between reports a signal as 128 + its number (POSIX, 2.8.2). */
function endOf(exitCode: number | null, exitSignal: NodeJS.Signals | null): End {
  const number = (exitCode ?? 0) - 128;
  const name = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return name === undefined
    ? { exitCode, exitSignal }
    : { exitCode: null, exitSignal: name as NodeJS.Signals };
}

function exited(child: ChildProcess): Promise<End> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, exitSignal) => resolve(endOf(exitCode, exitSignal)));
  });
}

/** Collects both streams in order of arrival up to a limit, then calls `onLimit` once and drops the rest. */
function captureOutput(child: ChildProcess, limitBytes: number, onLimit: () => void) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  for (const stream of streams) {
    stream.on('data', (chunk: Buffer) => {
      const room = limitBytes - bytes;
      if (room > 0) chunks.push(chunk.subarray(0, room));
      if (bytes <= limitBytes && bytes + chunk.length > limitBytes) onLimit();
      bytes += chunk.length;
    });
  }
  const ended = Promise.all(streams.map((stream) => new Promise((resolve) => stream.once('close', resolve))));
  return {
    /** Waits for what is in the pipes; all writers are dead by now, the bound covers one that could not be found. */
    finish: async (): Promise<string> => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, 500);
      });
      await Promise.race([ended, late]);
      clearTimeout(timer);
      for (const stream of streams) stream.destroy();
      return Buffer.concat(chunks).toString('utf8');
    },
  };
}
