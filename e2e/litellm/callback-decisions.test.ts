/** @long */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import type { Sql } from 'postgres';
import { openDatabase } from '../../harness/suite/database.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { until } from '../../harness/suite/until.ts';
import { sightsOf, versionOf } from './hook-tables.ts';
import { ask, litellm, refusalOf } from './litellm-client.ts';

let client: OpenAI;
let sql: Sql;

beforeAll(() => {
  client = litellm();
  sql = openDatabase();
});
afterAll(() => sql?.end());

// covers 000/litellm-callback
test('the callback puts the state of the user before the messages', async () => {
  const user = randomUUID();
  await ask(client, { text: 'set premise concise answers', user });
  await ask(client, { text: 'use docker', user });
  await ask(client, { text: 'prohibit peanuts', user });
  const { id, mark } = newOperation();
  await ask(client, { text: `What shall I use? ${mark}`, user });
  const [entry] = await journalOf(id);
  expect(entry?.messages.map(({ role }) => role)).toEqual(['system', 'user']);
  expect(entry?.messages[0]?.text).toBe('Premise: concise answers\nUse: docker\nDo not use: peanuts');
});

// covers 000/litellm-callback
test('the callback leaves a request without a user as it is', async () => {
  const { id, mark } = newOperation();
  await ask(client, { text: `use docker ${mark}` });
  const [entry] = await journalOf(id);
  expect(entry?.messages).toEqual([{ role: 'user', text: `use docker ${mark}` }]);
});

// covers 000/litellm-callback
test('one user does not get the state of another', async () => {
  await ask(client, { text: 'use docker', user: randomUUID() });
  const { id, mark } = newOperation();
  await ask(client, { text: `What shall I use? ${mark}`, user: randomUUID() });
  const [entry] = await journalOf(id);
  expect(entry?.messages.map(({ role }) => role)).toEqual(['user']);
});

// covers 000/litellm-callback
test('a request that the callback refuses gets 403, never reaches the provider and is noted as a failure', async () => {
  const { id, mark } = newOperation({ hook: 'refuse' });
  const error = await refusalOf(ask(client, { text: `Do it ${mark}` }));
  expect(error.status).toBe(403);
  expect(error.message).toContain('The hook refuses this request.');
  const sights = await until('the callback has noted the failure', async () => {
    const seen = await sightsOf(sql, [id]);
    return seen.some(({ stage }) => stage === 'failure') && seen;
  });
  expect(
    sights.map(({ stage, times }) => ({ stage, times })).sort((a, b) => a.stage.localeCompare(b.stage)),
  ).toEqual([
    { stage: 'failure', times: 1 },
    { stage: 'pre_call', times: 1 },
  ]);
  expect(await journalOf(id)).toEqual([]);
});

// covers 000/litellm-callback
test('a message that contradicts the state is refused with the words of the compiler, and the state stays', async () => {
  const user = randomUUID();
  await ask(client, { text: 'use docker', user });
  const { id, mark } = newOperation();
  const error = await refusalOf(ask(client, { text: `prohibit docker ${mark}`, user }));
  expect(error.status).toBe(400);
  expect(error.message).toMatch(/docker/);
  expect(await journalOf(id)).toEqual([]);
  expect(await versionOf(sql, user)).toBe(1);
});
