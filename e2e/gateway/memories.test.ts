/** @uses memory */
import { beforeEach, expect, test } from '@jest/globals';
import axios, { type Method } from 'axios';
import { memoriesOf, newUser, remember } from '../../harness/suite/memory.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { needsOneMemory } from '../../harness/suite/offered/one-stack.ts';
import { service } from '../../harness/suite/stack.ts';

beforeEach(async () => {
  await needs('memories');
  await needsOneMemory();
});

const ask = (method: Method, path: string, { query = {}, body }: { query?: object; body?: object } = {}) =>
  axios.request({
    method,
    url: `${service('gateway').url}/api/memories${path}`,
    params: query,
    ...(body ? { data: body } : {}),
    timeout: 20_000,
    validateStatus: () => true,
  });

test('lists the memories of a user as the memory service has them', async () => {
  const user = newUser();
  const memory = await remember(user, 'I live in Lisbon.');
  const { status, data } = await ask('GET', '', { query: { user_id: user } });
  expect(status).toBe(200);
  expect(data.memories).toEqual([memory]);
});

test('an edit through the gateway is an edit', async () => {
  const user = newUser();
  const memory = await remember(user, 'I live in Lisbon.');
  const { status } = await ask('PATCH', `/${memory.id}`, { body: { user_id: user, caption: 'Home' } });
  expect(status).toBe(200);
  expect(await memoriesOf(user)).toEqual([{ ...memory, caption: 'Home' }]);
});

test('deletes one memory, and clears all', async () => {
  const user = newUser();
  const memory = await remember(user, 'I live in Lisbon.');
  const kept = await remember(user, 'My name is Alice.');
  expect((await ask('DELETE', `/${memory.id}`, { query: { user_id: user } })).status).toBe(200);
  expect(await memoriesOf(user)).toEqual([kept]);
  expect((await ask('DELETE', '/clear', { query: { user_id: user } })).status).toBe(200);
  expect(await memoriesOf(user)).toEqual([]);
});

test("the memory service's refusals keep their status and body", async () => {
  const invalid = await ask('GET', '', { query: { user_id: 'alice' } });
  expect(invalid.status).toBe(422);
  expect(invalid.data.detail).toBeDefined();
  const missing = await ask('DELETE', '/mem_0000000000000000', { query: { user_id: newUser() } });
  expect(missing.status).toBe(404);
  expect(missing.data.detail).toBeDefined();
});
