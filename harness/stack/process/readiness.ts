import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';

const intervalMs = 100;
const checkTimeoutMs = 5_000;

/**
 * Runs a health check of compose.yaml on the host until it succeeds.
 *
 * @param onFailure told what the last check said, for people to see what is being waited for
 * @throws the reason of `signal`
 */
export async function untilHealthy(
  healthcheck: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd: string,
  onFailure: (why: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const [kind, ...rest] = healthcheck;
  const [program = '', ...args] = kind === 'CMD-SHELL' ? ['sh', '-c', ...rest] : rest;
  for (;;) {
    signal.throwIfAborted();
    const result = await execa(program, args, {
      env: environment,
      extendEnv: false,
      cwd,
      reject: false,
      all: true,
      stdin: 'ignore',
      timeout: checkTimeoutMs,
      cancelSignal: signal,
    });
    if (result.exitCode === 0) return;
    onFailure(lastLine(result.all ?? '') || `health check exited with ${result.exitCode ?? 'no code'}`);
    await delay(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

function lastLine(text: string): string {
  return (text.trim().split('\n').at(-1) ?? '').replace(/^.*?: line \d+: /, '').slice(0, 100);
}
