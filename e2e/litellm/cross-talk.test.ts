/** @long */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Sql } from 'postgres';
import { openDatabase } from '../../harness/suite/database.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import { service } from '../../harness/suite/stack.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';
import { callsUntil, type HookCall, probed } from './hook-calls.ts';
import { ask, askForStream, litellmWorker } from './litellm-client.ts';

const requests = 200;
const atOnce = 50;
const operations = Array.from({ length: requests }, (_, index) =>
  newOperation({ trace: 1, say: `answer ${index}`, ...(index % 4 === 3 ? { probe: 'edit' } : {}) }),
);
const answerOf = (index: number) => {
  if (index % 4 !== 3) return `answer ${index}`;
  return index % 2 === 0 ? `ANSWER ${index} (seen)` : `ANSWER ${index}`;
};

let sql: Sql;
let scope: ScopeClient;
let texts: readonly string[];
let calls: ReadonlyMap<string, readonly HookCall[]>;

/** 200 requests, 50 at a time, over all workers; half of them streams, every fourth one changed by a hook. */
beforeAll(async () => {
  const { workers } = service(probed);
  sql = openDatabase();
  scope = stackScope(probed);
  const clients = Array.from({ length: workers }, (_, at) => litellmWorker(scope.proxyFor(probed, at + 1)));
  const answers: string[] = [];
  let next = 0;
  const askNext = async () => {
    for (let index = next++; index < requests; index = next++) {
      const client = clients[(index >> 1) % workers] as (typeof clients)[number];
      const text = `Request ${index} ${operations[index]?.mark}`;
      const { text: answer } = await (index % 2 === 0 ? ask(client, { text }) : askForStream(client, text));
      answers[index] = answer;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, askNext));
  texts = answers;
  const ops = operations.map(({ id }) => id);
  calls = Map.groupBy(await callsUntil(sql, ops, 'async_log_success', 60_000), ({ op }) => op);
}, 120_000);
afterAll(async () => {
  await scope?.close();
  await sql?.end();
});

// covers 000/litellm-concurrency
test('each of 200 concurrent requests gets the answer that is its own, changed where it was to be', () => {
  expect(texts).toEqual(operations.map((_, index) => answerOf(index)));
});

// covers 000/litellm-callback
// covers 000/litellm-concurrency
test('hooks of 200 concurrent requests are called once each, and told of the request that they are called for', () => {
  const wrong = operations.flatMap(({ id }, index) => {
    const own = calls.get(id) ?? [];
    const expected = ['pre_call', 'headers', 'async_log_success'].flatMap((hook) => [
      `first ${hook}`,
      `second ${hook}`,
    ]);
    const seen = own
      .filter(({ hook, probe }) => expected.includes(`${probe} ${hook}`))
      .map(({ hook, probe }) => `${probe} ${hook}`);
    const told = own.filter(({ hook }) => hook === 'async_log_success').map(({ detail }) => detail);
    const isRight =
      JSON.stringify(seen.toSorted()) === JSON.stringify(expected.toSorted()) &&
      told.every((text) => text === answerOf(index));
    return isRight ? [] : [{ index, seen, told }];
  });
  expect(wrong).toEqual([]);
});

// covers 000/litellm-concurrency
test('each of 200 concurrent requests is one worker and one request to the provider', async () => {
  const pids = operations.map(({ id }) => new Set((calls.get(id) ?? []).map(({ pid }) => pid)).size);
  expect(pids.filter((count) => count !== 1)).toEqual([]);
  const all = new Set([...calls.values()].flat().map(({ pid }) => pid));
  expect(all.size).toBe(service(probed).workers);
  const upstream = await Promise.all(operations.map(async ({ id }) => (await journalOf(id)).length));
  expect(upstream.filter((count) => count !== 1)).toEqual([]);
});
