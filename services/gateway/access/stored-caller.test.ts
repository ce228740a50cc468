import { expect, test } from '@jest/globals';
import fastify from 'fastify';
import { addOpenaiErrors } from '../../kit/openai-error.ts';
import { addCallers, type CallerRules } from '../caller.ts';
import { invalidKey, type KeyGuard, TooManyRequests } from './key-guard.ts';

const adminKey = 'the-key-of-the-admin';

/** A guard that knows two keys, of which one has used up its limit, and notes who comes and goes. */
function appWith(rules: Partial<CallerRules> = {}) {
  const notes: string[] = [];
  const guard: KeyGuard = {
    check: async (key) => {
      notes.push(`check ${key}`);
      if (key !== 'gk_good') throw invalidKey();
      return { tenant: 'team' };
    },
    enter: async (key) => {
      notes.push(`enter ${key}`);
      if (key === 'gk_busy') throw new TooManyRequests('Too many.', 7, { 'x-ratelimit-limit-requests': '2' });
      if (key !== 'gk_good') throw invalidKey();
      return { tenant: 'team', headers: { 'x-left': '1' }, leave: () => notes.push(`leave ${key}`) };
    },
    end: async () => undefined,
  };
  const app = fastify();
  addOpenaiErrors(app);
  addCallers(app, { apiKeys: ['gk_of_the_environment'], guard, adminKey, ...rules });
  app.get('/v1/who', async ({ caller: { tenant, isKnown } }) => ({ tenant, isKnown }));
  app.get('/admin/keys', async () => 'keys');
  app.get('/health', async () => 'fine');
  const ask = (key: string | undefined, url = '/v1/who') =>
    app.inject({ url, headers: key === undefined ? {} : { authorization: `Bearer ${key}` } });
  return { notes, ask };
}

test('a key of the store is its tenant; its answer says what is left, and its place is free afterwards', async () => {
  const { notes, ask } = appWith();
  const { headers, json } = await ask('gk_good').then((answer) => ({
    headers: answer.headers,
    json: answer.json(),
  }));
  expect([json, headers['x-left']]).toEqual([{ tenant: 'team', isKnown: true }, '1']);
  expect(notes).toEqual(['enter gk_good', 'leave gk_good']);
});

test('a key that has used up its limit is told so with the time to wait, and everybody else is not', async () => {
  const { ask } = appWith();
  const { statusCode, headers } = await ask('gk_busy');
  expect([statusCode, headers['retry-after'], headers['x-ratelimit-limit-requests']]).toEqual([
    429,
    '7',
    '2',
  ]);
  expect((await ask('gk_good')).statusCode).toBe(200);
});

test('keys of the environment, other keys, and routes that need none cost no look', async () => {
  const { notes, ask } = appWith({ isOpen: true });
  const statuses = [
    await ask('gk_of_the_environment'),
    await ask('sk-anybody'),
    await ask(undefined),
    await ask('gk_good', '/health'),
    await ask(adminKey, '/admin/keys'),
  ].map(({ statusCode }) => statusCode);
  expect(statuses).toEqual([200, 200, 200, 200, 200]);
  expect(notes).toEqual([]);
});

test('what begins like a key of the store is never taken for a tenant of its own', async () => {
  const { ask } = appWith({ apiKeys: [], isOpen: true });
  expect((await ask('gk_unknown')).statusCode).toBe(401);
  expect((await ask('sk-unknown')).json()).not.toHaveProperty('isKnown');
});

test('the admin key opens admin routes alone, and no other key opens them', async () => {
  const { ask } = appWith();
  expect((await ask(adminKey)).statusCode).toBe(401);
  for (const key of [undefined, 'gk_good', 'gk_of_the_environment', `${adminKey}!`])
    expect((await ask(key, '/admin/keys')).statusCode).toBe(401);
});

test('what becomes a socket is checked and not counted: its turns are', async () => {
  const { notes, ask } = appWith({ isSocket: () => true });
  expect((await ask('gk_good')).statusCode).toBe(200);
  expect(notes).toEqual(['check gk_good']);
});
