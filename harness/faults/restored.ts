import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gauntletError } from '../errors.ts';
import { readComposeFile } from '../stack/compose-file.ts';
import { packageRoot } from '../stack/process/launch.ts';
import type { StackRecord } from '../stack/run-folder.ts';
import type { ServiceSpec } from '../stack/service.ts';
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
  const health = healthOf(target, service);
  const isBack = async () => {
    if (scope && (await workersNow(scope, service)).length < expected) return false;
    return health === undefined || (await answers(health));
  };
  if (!(await until(restoredWithinMs, isBack))) {
    throw gauntletError('GNT_FAULT_NOT_REVERTED', service, restoredWithinMs / 1000);
  }
}

interface Health {
  readonly url: string;
  /** Whatever is answered there, it is up. */
  readonly anyAnswer: boolean;
}

const specs = new WeakMap<StackRecord, readonly ServiceSpec[]>();

/** Read once for a stack: the file takes longer to read than many a fault. */
function specsOf(record: StackRecord): readonly ServiceSpec[] {
  const known = specs.get(record);
  if (known) return known;
  const file = process.env.GAUNTLET_COMPOSE_FILE ?? join(packageRoot, 'compose.yaml');
  const made = readComposeFile(file, record.variables);
  specs.set(record, made);
  return made;
}

/** Where a service answers when it is well; undefined for those that speak no HTTP. */
function healthOf({ record }: FaultTarget, service: string): Health | undefined {
  const { healthPath, anyAnswer = false } = specsOf(record).find(({ name }) => name === service) ?? {};
  const url = record.services[service]?.url;
  return healthPath === undefined || url === undefined
    ? undefined
    : { url: `${url}${healthPath}`, anyAnswer };
}

async function answers({ url, anyAnswer }: Health): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerWithinMs) });
    await response.body?.cancel();
    // A stranger without that path refuses it, and does so only when it is up.
    return response.ok || anyAnswer || (response.status >= 400 && response.status < 500);
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
