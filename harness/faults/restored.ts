import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readComposeFile } from '../stack/compose-file.ts';
import { packageRoot } from '../stack/process/launch.ts';
import type { ScopeClient, WorkerView } from '../workers/client.ts';
import type { FaultTarget } from './applied-fault.ts';

const restoredWithinMs = 60_000;
const answerWithinMs = 2_000;
const pauseMs = 25;

/** Waits until a service has its number of workers again and answers on its health path. */
export async function restored(target: FaultTarget, service: string, expected: number): Promise<void> {
  const { scope } = target;
  const isBack = async () => {
    if (scope && (await pidsOf(scope, service)).length < expected) return false;
    return await answers(target, service);
  };
  if (!(await until(restoredWithinMs, isBack))) {
    throw new Error(`${service} was not as before again within ${restoredWithinMs} ms`);
  }
}

/** Whether a service answers on its health path; true for those that speak no HTTP. */
async function answers({ record }: FaultTarget, service: string): Promise<boolean> {
  const file = process.env.GAUNTLET_COMPOSE_FILE ?? join(packageRoot, 'compose.yaml');
  const spec = readComposeFile(file, record.variables).find(({ name }) => name === service);
  const path = spec?.healthPath;
  const url = record.services[service]?.url;
  if (path === undefined || url === undefined) return true;
  try {
    const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(answerWithinMs) });
    await response.body?.cancel();
    // A stranger without that path refuses it, and does so only when it is up.
    return response.ok || spec?.anyAnswer === true || (response.status >= 400 && response.status < 500);
  } catch {
    return false;
  }
}

/** Pids of the workers of a service that are there; none where they cannot be seen. */
export async function pidsOf(scope: ScopeClient, service: string): Promise<readonly number[]> {
  const workers: readonly WorkerView[] = await scope.workers(service).catch(() => []);
  return workers.filter(({ state }) => state !== 'gone').map(({ pid }) => pid);
}

/** Asks until it is so or the time is over; says whether it is so. */
export async function until(boundMs: number, condition: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + boundMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await delay(pauseMs);
  }
  return true;
}
