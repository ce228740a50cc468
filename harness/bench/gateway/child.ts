import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import getPort from 'get-port';
import { packageRoot } from '../../stack/process/launch.ts';

export interface Child {
  readonly url: string;
  stop(): Promise<void>;
}

const startTimeoutMs = 30_000;

/**
 * Starts a Node program that serves HTTP on the port that `args` and the environment name, and waits for its first
 * answer at `path`, whatever its status.
 *
 * @throws when it ends or is silent for half a minute
 */
export async function startChild(
  args: (port: number) => readonly string[],
  environment: Readonly<Record<string, string>> = {},
  path = '/',
): Promise<Child> {
  const port = await getPort({ host: '127.0.0.1' });
  const child = spawn(process.execPath, args(port), {
    cwd: packageRoot,
    env: { ...process.env, ...environment, PORT: String(port), HOST: '127.0.0.1' },
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  const stop = async () => {
    process.off('exit', onExit);
    if (hasEnded(child)) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  const deadline = Date.now() + startTimeoutMs;
  while (!(await answers(url + path))) {
    if (!hasEnded(child) && Date.now() < deadline) await delay(50);
    else {
      await stop();
      throw new Error(`${args(port).join(' ')} did not answer within ${startTimeoutMs / 1000} s`);
    }
  }
  return { url, stop };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
