import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runFolder } from '../../stack/run-folder.ts';
import { allLedgers } from '../../suite/ledgers/all-ledgers.ts';
import type { Ledger } from '../../suite/ledgers/ledger.ts';
import { startLoad } from '../../suite/ledgers/load.ts';
import { restartService } from '../../suite/restart.ts';
import { openScope, type ScopeClient } from '../../workers/client.ts';
import { onBenchStack } from '../bench-stack.ts';
import { disturbanceLine, flatLines, ledgerLines } from './endurance-table.ts';
import { killEvery } from './kills.ts';
import { watchResources } from './resources.ts';

const services = ['gateway', 'memory', 'baseline-cli', 'baseline-langchain'];
const killEveryMs = 2_000;
const restartEveryMs = 60_000;
const workers = 2;
/** A heap that may be large is not collected for minutes: what grows in a small one is kept. */
const smallHeaps = { NODE_OPTIONS: '--max-old-space-size=96 --max-semi-space-size=4' };

export interface EnduranceOptions {
  readonly minutes: number;
  /** Of the choice of workers to kill. */
  readonly seed: number;
}

/**
 * Writes and reads without end while a worker is killed every 2 s and PostgreSQL restarted every 60 s; then looks for everything
 * that was acknowledged. Until half the time is over the second worker of each service is killed, then the first: the other
 * one lives long enough for its memory and descriptors to be told.
 */
export async function benchEndurance({ minutes, seed }: EnduranceOptions): Promise<void> {
  await onBenchStack({ profiles: ['core'], workers, serviceEnvironment: smallHeaps }, async ({ record }) => {
    const { runId, services: up, variables } = record;
    // The suites' clients find the stack by it.
    process.env.GAUNTLET_STACK = join(runFolder(runId), 'stack.json');
    const scope = openScope(up.scope?.url ?? '', variables.SCOPE_TOKEN ?? '');
    try {
      await endure(scope, minutes * 60_000, seed);
    } finally {
      await scope.close();
    }
  });
}

async function endure(scope: ScopeClient, forMs: number, seed: number): Promise<void> {
  const ledgers = await allLedgers();
  const load = startLoad(ledgers);
  await load.more(1);
  const over = new AbortController();
  const startedAt = performance.now();
  const isSecondHalf = () => performance.now() - startedAt > forMs / 2;
  const resources = watchResources(scope, services, over.signal);
  const killing = killEvery(scope, services, {
    everyMs: killEveryMs,
    seed,
    worker: () => (isSecondHalf() ? 1 : 2),
    over: over.signal,
  });
  const restarting = restartEvery(restartEveryMs, over.signal);
  await delay(forMs);
  over.abort();
  const [killed, restarts, samples] = await Promise.all([killing, restarting, resources]);
  const unfinished = await load.stop();
  const findings = await accountOf(ledgers);
  console.log(disturbanceLine(forMs, killed, restarts));
  for (const line of ledgerLines(ledgers, findings)) console.log(line);
  console.log('');
  for (const line of flatLines(samples, services)) console.log(line);
  for (const line of [...unfinished, ...[...findings.values()].flat()].slice(0, 20))
    console.log(`  ✗ ${line}`);
  if (unfinished.length > 0 || [...findings.values()].some((lines) => lines.length > 0)) process.exitCode = 1;
}

/** One after the other: looking at tens of thousands of things at once would be another load. */
async function accountOf(ledgers: readonly Ledger[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const findings = new Map<string, readonly string[]>();
  for (const ledger of ledgers) findings.set(ledger.name, await ledger.account());
  return findings;
}

/** Restarts PostgreSQL until it is over; how often. */
async function restartEvery(everyMs: number, over: AbortSignal): Promise<number> {
  for (let restarts = 0; ; restarts += 1) {
    await delay(everyMs, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return restarts;
    await restartService('postgres');
  }
}
