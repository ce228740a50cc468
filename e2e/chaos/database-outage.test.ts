/** @alone */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { needsScriptedAgents } from '../../harness/suite/agents/scripted-agents.ts';
import { keptLedgers } from '../../harness/suite/ledgers/all-ledgers.ts';
import { type Load, startLoad } from '../../harness/suite/ledgers/load.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import {
  crashDatabase,
  freezeDatabase,
  needsOwnDatabase,
  restartDatabase,
} from '../../harness/suite/outages/database-outage.ts';
import { openStackFaults, type StackFaults } from '../../harness/suite/outages/stack-faults.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';

const cutOffMs = 5_000;

let faults: StackFaults;
let load: Load | undefined;
beforeAll(async () => {
  faults = await openStackFaults();
});
afterAll(() => faults?.close());
beforeEach(async () => {
  await needs('control-plane', 'session-events', 'responses', 'conversations', 'agents');
  needsOwnDatabase();
  await needsScriptedResponses();
  await needsScriptedAgents();
});
afterEach(async () => {
  await load?.stop();
  load = undefined;
});

async function underLoad(disturb: (load: Load) => Promise<void>): Promise<Load> {
  load = startLoad(await keptLedgers());
  await load.more(3);
  await disturb(load);
  await load.more(3);
  return load;
}

/** Refused with a status, or with a connection that broke: by what a client may take for a reason to come again. */
function expectToldWell(refused: ReturnType<Load['refusedSince']>): void {
  const statuses = refused.filter(({ status }) => status !== 0 && status !== 409 && status !== 200);
  expect(statuses.filter(({ status }) => status !== 503)).toEqual([]);
}

test.each([
  ['is restarted', restartDatabase],
  ['crashes and recovers', crashDatabase],
])(
  'a database that %s costs nothing that was acknowledged, and all goes on by itself',
  async (_, end) => {
    const startedAt = Date.now();
    const seen = await underLoad(() => end());
    expectToldWell(seen.refusedSince(startedAt));
    expect(await seen.account()).toEqual([]);
  },
  120_000,
);

test('while the database stands still nothing is acknowledged, and afterwards nothing is lost or doubled', async () => {
  let frozen: [number, number] = [0, 0];
  const seen = await underLoad(async () => {
    const { over } = await freezeDatabase(faults, cutOffMs);
    const from = Date.now();
    await over;
    frozen = [from, from + cutOffMs * 0.8];
  });
  expect(seen.within(...frozen)).toEqual([]);
  expectToldWell(seen.refusedSince(frozen[0]));
  expect(await seen.account()).toEqual([]);
}, 120_000);

test('a link to the database that breaks for a while is the same to the gateway', async () => {
  let severed: [number, number] = [0, 0];
  const link = 'gateway>postgres';
  const seen = await underLoad(async () => {
    const { reverted } = await faults.apply({ on: 'link', action: 'sever', link, revertAfterMs: cutOffMs });
    const from = Date.now();
    await reverted;
    severed = [from, from + cutOffMs * 0.8];
  });
  expect(seen.within(...severed).filter(({ name }) => name !== 'memories')).toEqual([]);
  expectToldWell(seen.refusedSince(severed[0]));
  expect(await seen.account()).toEqual([]);
}, 120_000);
