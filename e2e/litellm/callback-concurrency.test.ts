import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Sql } from 'postgres';
import { openDatabase } from '../../harness/suite/database.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';
import { type Sight, sightsOf } from './hook-tables.ts';
import { ask, askForStream, litellmWorker } from './litellm-client.ts';

const requests = 50;
const operations = Array.from({ length: requests }, (_, index) => newOperation({ say: `answer ${index}` }));
const ops = operations.map(({ id }) => id);

let sql: Sql;
let scope: ScopeClient;
let texts: readonly string[];
let sights: readonly Sight[];

/** 50 requests at once, every second one a stream, spread over all workers. */
beforeAll(async () => {
  const { workers } = service('litellm');
  sql = openDatabase();
  scope = stackScope('litellm');
  const clients = Array.from({ length: workers }, (_, index) =>
    litellmWorker(scope.proxyFor('litellm', index + 1)),
  );
  texts = await Promise.all(
    operations.map(async ({ mark }, index) => {
      const client = clients[(index >> 1) % workers] as (typeof clients)[number];
      const text = `Request ${index} ${mark}`;
      return (index % 2 === 0 ? await askForStream(client, text) : await ask(client, { text })).text;
    }),
  );
  // The callback notes a success after the answer has gone out.
  sights = await until(
    'the callback has noted the success of every request',
    async () => {
      const seen = await sightsOf(sql, ops);
      return (
        new Set(seen.filter(({ stage }) => stage === 'success').map(({ op }) => op)).size === requests && seen
      );
    },
    20_000,
  );
});
afterAll(async () => {
  await scope?.close();
  await sql?.end();
});

/** How often the callback saw each operation at a stage: rows and repetitions. */
const timesSeen = (stage: Sight['stage']) =>
  ops.map((op) =>
    sights
      .filter((sight) => sight.op === op && sight.stage === stage)
      .reduce((sum, { times }) => sum + times, 0),
  );

// covers 000/litellm-concurrency
test('each of 50 concurrent requests gets the answer that is its own', () => {
  expect(texts).toEqual(operations.map((_, index) => `answer ${index}`));
});

// covers 000/litellm-callback
// covers 000/litellm-concurrency
test('the callback sees each of 50 concurrent requests exactly once before the call', () => {
  expect(timesSeen('pre_call')).toEqual(ops.map(() => 1));
});

// covers 000/litellm-callback
// covers 000/litellm-concurrency
test('the callback sees each of 50 concurrent successes exactly once, streams included', () => {
  expect(timesSeen('success')).toEqual(ops.map(() => 1));
  expect(timesSeen('failure')).toEqual(ops.map(() => 0));
});

// covers 000/litellm-concurrency
test('50 concurrent requests keep all workers busy and reach the provider once each', async () => {
  expect(new Set(sights.map(({ pid }) => pid)).size).toBe(service('litellm').workers);
  const upstream = await Promise.all(ops.map(async (op) => (await journalOf(op)).length));
  expect(upstream).toEqual(ops.map(() => 1));
});
