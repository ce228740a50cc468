/** @alone */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { needsScriptedAgents } from '../../harness/suite/agents/scripted-agents.ts';
import { allLedgers } from '../../harness/suite/ledgers/all-ledgers.ts';
import { type Load, startLoad } from '../../harness/suite/ledgers/load.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { openStackFaults, type StackFaults } from '../../harness/suite/outages/stack-faults.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { skip } from '../../harness/suite/skip.ts';
import { until } from '../../harness/suite/until.ts';

let faults: StackFaults;
let load: Load | undefined;
beforeAll(async () => {
  faults = await openStackFaults();
});
afterAll(() => faults?.close());
beforeEach(async () => {
  await needs('chat', 'control-plane', 'session-events', 'responses', 'conversations', 'agents');
  await needsScriptedResponses();
  await needsScriptedAgents();
});
afterEach(async () => {
  await load?.stop();
  load = undefined;
});

const workersOf = (service: string) => faults.scope.workers(service).catch(() => []);

/** Waits until as many others have taken the place of these. */
async function untilReplaced(service: string, killed: readonly number[], count: number): Promise<void> {
  await until(
    `${count} workers of ${service} without ${killed}`,
    async () => {
      const now = (await workersOf(service)).filter(({ state }) => state !== 'gone');
      return now.length >= count && now.every(({ pid }) => !killed.includes(pid));
    },
    120_000,
  );
}

/** Kills these workers of a service, at once. */
async function kill(service: string, indexes: readonly number[]): Promise<void> {
  const before = await workersOf(service);
  const pids = before.flatMap(({ index, pid }) =>
    index !== undefined && indexes.includes(index) ? [pid] : [],
  );
  expect(pids).toHaveLength(indexes.length);
  await Promise.all(pids.map((pid) => faults.scope.kill(service, `p${pid}`)));
  await untilReplaced(service, pids, before.length);
}

/** Those that keep what is acknowledged here; workers of LiteLLM and of Open WebUI take minutes to be back. */
const keepers = ['gateway', 'memory', 'baseline-cli', 'baseline-langchain'];

test('every worker of every service that keeps something is killed once, one after the other, and nothing that was acknowledged is lost or doubled', async () => {
  const services = Object.entries(faults.severalWorkers).filter(([name]) => keepers.includes(name));
  if (services.length === 0) skip('no service of this stack has several workers that can be told apart');
  load = startLoad(await allLedgers());
  await load.more(2);
  for (const [service, count] of services) {
    for (let index = 1; index <= count; index += 1) {
      await kill(service, [index]);
      await load.more(1);
    }
  }
  await load.more(2);
  expect(await load.account()).toEqual([]);
}, 200_000);

test.each(keepers)(
  'all workers of %s are killed at once, and nothing that was acknowledged is lost or doubled',
  async (service) => {
    const count = faults.severalWorkers[service];
    if (count === undefined) return skip(`${service} has no several workers that can be told apart`);
    load = startLoad(await allLedgers());
    await load.more(2);
    await kill(
      service,
      Array.from({ length: count }, (_, at) => at + 1),
    );
    await load.more(2);
    expect(await load.account()).toEqual([]);
  },
  200_000,
);
