import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import type { Sql } from 'postgres';
import { openDatabase } from '../../harness/suite/database.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';
import { versionOf } from './hook-tables.ts';
import { ask, firstTwoWorkers } from './litellm-client.ts';

let scope: ScopeClient;
let sql: Sql;
let first: OpenAI;
let second: OpenAI;

beforeAll(() => {
  scope = stackScope('litellm');
  sql = openDatabase();
  [first, second] = firstTwoWorkers(scope, 'litellm');
});
afterAll(async () => {
  await scope?.close();
  await sql?.end();
});

/** The state that the callback put before a question, line by line. */
async function stateSeenBy(client: OpenAI, user: string): Promise<{ lines: readonly string[]; pid: number }> {
  const { id, mark } = newOperation();
  const { pid } = await ask(client, { text: `What holds? ${mark}`, user });
  const [entry] = await journalOf(id);
  const state = entry?.messages.find(({ role }) => role === 'system')?.text ?? '';
  return { lines: state.split('\n'), pid };
}

// covers 000/litellm-callback
// covers 000/persistence-across-processes
// covers 000/non-in-memory-deployment
test('a state that one worker wrote is read by the other, both ways', async () => {
  const user = randomUUID();
  const written = await ask(first, { text: 'use docker', user });
  const read = await stateSeenBy(second, user);
  expect(read.pid).not.toBe(written.pid);
  expect(read.lines).toEqual(['Use: docker']);
  const back = await ask(second, { text: 'prohibit peanuts', user });
  const readBack = await stateSeenBy(first, user);
  expect(readBack.pid).toBe(written.pid);
  expect(back.pid).toBe(read.pid);
  expect(readBack.lines).toEqual(['Use: docker', 'Do not use: peanuts']);
});

// covers 000/litellm-concurrency
// covers 000/persistence-across-processes
test('of 50 concurrent steps of one user through both workers none is lost', async () => {
  const user = randomUUID();
  const items = Array.from({ length: 50 }, (_, index) => `tool ${index + 100}`);
  const answers = await Promise.all(
    items.map((item, index) => ask(index % 2 === 0 ? first : second, { text: `use ${item}`, user })),
  );
  expect(new Set(answers.map(({ pid }) => pid)).size).toBe(2);
  expect(await versionOf(sql, user)).toBe(items.length);
  const expected = items.map((item) => `Use: ${item}`);
  expect((await stateSeenBy(first, user)).lines).toEqual(expected);
  expect((await stateSeenBy(second, user)).lines).toEqual(expected);
});
