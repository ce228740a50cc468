/** @alone */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import axios from 'axios';
import { askAgent } from '../../harness/suite/agents/agent-client.ts';
import { needsScriptedAgents } from '../../harness/suite/agents/scripted-agents.ts';
import { openDatabase } from '../../harness/suite/database.ts';
import { release, waitForJournal } from '../../harness/suite/journal.ts';
import { keptLedgers } from '../../harness/suite/ledgers/all-ledgers.ts';
import { type Load, startLoad } from '../../harness/suite/ledgers/load.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import {
  crashDatabase,
  freezeDatabase,
  needsOwnDatabase,
  restartDatabase,
} from '../../harness/suite/outages/database-outage.ts';
import { openStackFaults, type StackFaults } from '../../harness/suite/outages/stack-faults.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { skip } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';
import type { WorkerProxy } from '../../harness/workers/client.ts';

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

test('a worker that waits for the database with all it has keeps what it runs', async () => {
  await needs('artifacts');
  if (!service('gateway').ours) skip('where this gateway keeps artifacts is not known');
  const worker = faults.scope.proxyFor('gateway', 1);
  const sql = openDatabase();
  const uploads: Promise<unknown>[] = [];
  const { id: op, mark } = newOperation({ tokens: 2, hold: 0 });
  const { body: run } = await askAgent(
    'POST',
    '/start',
    { model: await textModel(), prompt: mark },
    { worker },
  );
  try {
    await waitForJournal(op, 'arrived');
    await sql.begin(async (tx) => {
      await tx`lock table gateway.artifacts in share mode`;
      for (let at = 0; at < waiting; at += 1) uploads.push(upload(worker));
      await delay(cutOffMs);
    });
    await Promise.all(uploads);
    const seen = await askAgent('GET', `/${run.session_id}/status`);
    expect(seen.body).toMatchObject({ status: 'running', attempt: 1 });
  } finally {
    await release(op);
    await sql.end();
  }
}, 60_000);

/** More than a worker has connections. */
const waiting = 12;

async function upload({ baseUrl, agent }: WorkerProxy): Promise<void> {
  const options = { httpAgent: agent, proxy: false as const, timeout: 30_000 };
  await axios.post(`${baseUrl}/v1/artifacts?name=waits`, 'text', {
    ...options,
    headers: { 'content-type': 'text/plain' },
  });
}
