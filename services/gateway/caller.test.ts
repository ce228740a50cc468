import { afterEach, expect, test } from '@jest/globals';
import fastify from 'fastify';
import { Client } from 'undici';
import { addOpenaiErrors } from '../kit/openai-error.ts';
import { addCallers } from './caller.ts';

function appWith(...keys: readonly string[]) {
  const app = fastify();
  addOpenaiErrors(app);
  addCallers(app, { apiKeys: keys });
  app.get('/v1/who', async ({ caller }) => caller);
  app.get('/health', async () => 'fine');
  app.get('/metrics', async () => 'counted');
  return app;
}

let onTestEnd: (() => Promise<unknown>) | undefined;
afterEach(async () => {
  await onTestEnd?.();
});

const asking = (authorization?: string) => ({
  url: '/v1/who',
  headers: authorization === undefined ? {} : { authorization },
});

test('without configured keys every key is a tenant of its own, and none is one, too', async () => {
  const app = appWith();
  const tenants = await Promise.all(
    ['Bearer a', 'Bearer b', undefined, 'Bearer a'].map(
      async (header) => (await app.inject(asking(header))).json().tenant,
    ),
  );
  expect(new Set(tenants).size).toBe(3);
  expect(tenants[0]).toBe(tenants[3]);
  expect(tenants[0]).not.toContain('Bearer');
});

test('both ways to give a key mean the same caller', async () => {
  const app = appWith('k1');
  const bearer = await app.inject(asking('bearer k1'));
  const plain = await app.inject({ url: '/v1/who', headers: { 'x-api-key': 'k1' } });
  expect(plain.json()).toEqual(bearer.json());
});

test.each([
  [undefined, 'missing_api_key'],
  ['Bearer other', 'invalid_api_key'],
  ['Basic k1', 'missing_api_key'],
])('with configured keys %s is refused', async (header, code) => {
  const app = appWith('k1');
  const answer = await app.inject(asking(header));
  expect([answer.statusCode, answer.json().error.code]).toEqual([401, code]);
  expect((await app.inject('/health')).statusCode).toBe(200);
});

test('no spelling of an address gets round the key', async () => {
  const app = appWith('k1');
  const statuses = await Promise.all(
    ['/v1/who', '/%76%31/who', '/v1/wh%6F', '/v1/nothing', '/metrics', '/m%65trics?a=b'].map(
      async (url) => (await app.inject(url)).statusCode,
    ),
  );
  expect(statuses).toEqual(Array(6).fill(401));
  expect((await app.inject('/health')).statusCode).toBe(200);
});

test('a connection that was a known caller is nobody in particular with another key, and none without one', async () => {
  const app = appWith('k1', 'k2');
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  const connection = new Client(origin);
  onTestEnd = () => Promise.all([connection.close(), app.close()]);
  const ask = async (authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    const { statusCode, body } = await connection.request({ method: 'GET', path: '/v1/who', headers });
    return { statusCode, caller: await body.text() };
  };
  const first = await ask('Bearer k1');
  expect(JSON.parse(first.caller)).toEqual({
    tenant: expect.stringMatching(/^[0-9a-f]{32}$/),
    isKnown: true,
  });
  const others = [await ask('Bearer k3'), await ask(), await ask('Bearer k2'), await ask('Bearer k1')];
  expect(others.map(({ statusCode }) => statusCode)).toEqual([401, 401, 200, 200]);
  expect(others[2]?.caller).not.toBe(first.caller);
  expect(others[3]).toEqual(first);
});
