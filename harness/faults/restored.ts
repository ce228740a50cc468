import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gauntletError } from '../errors.ts';
import { readComposeFile } from '../stack/compose-file.ts';
import { packageRoot } from '../stack/process/launch.ts';
import type { StackRecord } from '../stack/run-folder.ts';
import type { FaultTarget } from './applied-fault.ts';
import { workersNow } from './workers-now.ts';

const restoredWithinMs = 60_000;
const answerWithinMs = 2_000;
const pauseMs = 10;

/**
 * Waits until a service has its number of workers again and answers on its health path.
 * @throws GauntletError GNT_FAULT_NOT_REVERTED, and what the scope throws
 */
export async function restored(target: FaultTarget, service: string, expected: number): Promise<void> {
  const { scope } = target;
  const healthUrl = healthOf(target, service);
  const isBack = async () => {
    if (scope && (await workersNow(scope, service)).length < expected) return false;
    return healthUrl === undefined || (await answers(healthUrl));
  };
  if (!(await until(restoredWithinMs, isBack))) {
    throw gauntletError('GNT_FAULT_NOT_REVERTED', service, restoredWithinMs / 1000);
  }
}

const healthPaths = new WeakMap<StackRecord, ReadonlyMap<string, string | undefined>>();

/** Read once for a stack: the file takes longer to read than many a fault. */
function healthPathsOf(record: StackRecord): ReadonlyMap<string, string | undefined> {
  const known = healthPaths.get(record);
  if (known) return known;
  const file = process.env.GAUNTLET_COMPOSE_FILE ?? join(packageRoot, 'compose.yaml');
  const services = readComposeFile(file, record.variables);
  const paths = new Map(services.map(({ name, healthPath }) => [name, healthPath]));
  healthPaths.set(record, paths);
  return paths;
}

/** The URL that a service answers 200 on when it is well; undefined for those that have none. */
function healthOf({ record }: FaultTarget, service: string): string | undefined {
  const path = healthPathsOf(record).get(service);
  const url = record.services[service]?.url;
  return path === undefined || url === undefined ? undefined : `${url}${path}`;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerWithinMs) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
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
