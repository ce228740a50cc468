import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';

/** Quick services are noticed at once, and asking slow ones costs little: the pause grows from the first to the second. */
const pauseMs = [50, 500] as const;
const checkTimeoutMs = 5_000;

interface Ended {
  timedOut: boolean;
  signal?: string | undefined;
  exitCode?: number | undefined;
  shortMessage?: string | undefined;
}

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
  for (let pause: number = pauseMs[0]; ; pause = Math.min(pause * 1.2, pauseMs[1])) {
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
    // A check that was cut short says nothing of the service; what the one before it said still holds.
    signal.throwIfAborted();
    onFailure(lastLine(result.all ?? '') || howItEnded(result));
    await delay(pause, undefined, { signal }).catch(() => undefined);
  }
}

function howItEnded({ timedOut, signal, exitCode, shortMessage }: Ended): string {
  if (timedOut) return 'the health check takes too long';
  if (signal) return `the health check was ended by ${signal}`;
  return exitCode === undefined ? (shortMessage ?? '') : `the health check exited with ${exitCode}`;
}

function lastLine(text: string): string {
  return (text.trim().split('\n').at(-1) ?? '')
    .replace(/^.*?: line \d+: (\/dev\/tcp\/\S+ )?/, '')
    .slice(0, 100);
}
