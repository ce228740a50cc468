/** @alone */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Sql } from 'postgres';
import { needsScriptedAgents } from '../../harness/suite/agents/scripted-agents.ts';
import { openDatabase } from '../../harness/suite/database.ts';
import { keptLedgers } from '../../harness/suite/ledgers/all-ledgers.ts';
import { type Load, startLoad } from '../../harness/suite/ledgers/load.ts';
import { sessionsLedger } from '../../harness/suite/ledgers/sessions.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { needsOwnDatabase, refusingWrites } from '../../harness/suite/outages/database-outage.ts';
import { mountSmallDisk, type SmallDisk } from '../../harness/suite/outages/small-disk.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { until } from '../../harness/suite/until.ts';

let load: Load | undefined;
let sql: Sql | undefined;
let disk: SmallDisk | undefined;
beforeEach(async () => {
  await needs('control-plane', 'session-events', 'responses', 'conversations', 'agents');
  needsOwnDatabase();
});
afterEach(async () => {
  disk?.free();
  await load?.stop();
  await disk?.remove();
  await sql?.end();
  load = undefined;
  disk = undefined;
  sql = undefined;
});

test('a disk of the database that is full refuses messages, and keeps all that was acknowledged, once', async () => {
  sql = openDatabase();
  disk = await mountSmallDisk(sql);
  await disk.hold('gateway', ['control_sessions', 'control_messages', 'event_streams', 'stream_events']);
  load = startLoad([sessionsLedger()]);
  await load.more(5);
  disk.fill();
  const filledAt = Date.now();
  // Pages that are there already have some room left.
  const refused = await until('a refusal', () => load?.refusedSince(filledAt).at(-1), 30_000);
  expect(refused.status).toBeGreaterThanOrEqual(500);
  disk.free();
  await load.more(5);
  expect(await load.account()).toEqual([]);
}, 120_000);

test('a database that takes no more writes is answered with 503, can be read meanwhile, and loses nothing', async () => {
  await needsScriptedResponses();
  await needsScriptedAgents();
  const ledgers = await keptLedgers();
  load = startLoad(ledgers);
  await load.more(3);
  const before = Date.now();
  await refusingWrites(async () => {
    const from = Date.now();
    await until('refusals of every kind', () => {
      const names = new Set(load?.refusedSince(from).map(({ name }) => name));
      return ledgers.every(({ name }) => names.has(name));
    });
    expect(load?.within(from + 500, Date.now())).toEqual([]);
  });
  const refused = load.refusedSince(before).filter(({ status }) => status >= 500);
  expect(refused.filter(({ status }) => status !== 503)).toEqual([]);
  await load.more(3);
  expect(await load.account()).toEqual([]);
}, 120_000);
