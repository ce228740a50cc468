import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Sql } from 'postgres';
import { openDatabase } from '../../harness/suite/database.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import { runId, service } from '../../harness/suite/stack.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';
import { loadsOf } from './hook-tables.ts';
import { ask, litellmWorker } from './litellm-client.ts';

let sql: Sql;
let scope: ScopeClient;

beforeAll(() => {
  sql = openDatabase();
  scope = stackScope();
});
afterAll(async () => {
  await scope?.close();
  await sql?.end();
});

// covers 000/litellm-callback
test('the callback is loaded once by every worker', async () => {
  const { workers } = service('litellm');
  const indexes = Array.from({ length: workers }, (_, each) => each + 1);
  const answers = await Promise.all(
    indexes.map((index) =>
      ask(litellmWorker(scope.proxyFor('litellm', index)), { text: `Who answers? ${newOperation().mark}` }),
    ),
  );
  const pids = new Set(answers.map(({ pid }) => pid));
  expect(pids.size).toBe(workers);
  const loads = await loadsOf(sql, runId());
  expect([...pids].map((pid) => loads.get(pid))).toEqual(indexes.map(() => 1));
});
