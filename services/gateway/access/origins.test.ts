import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { addOpenaiErrors } from '../../kit/openai-error.ts';
import { buildServer } from '../../kit/server.ts';
import { addOrigins, corsOrigin, mayAsk } from './origins.ts';

const allowed = new Set(['https://chat.example']);
const here = { protocol: 'http', host: 'gateway.example:8000', site: undefined };

test.each([undefined, 'https://chat.example'])('%s may ask', (origin) => {
  expect(mayAsk({ ...here, origin }, allowed)).toBe(true);
});

test.each([
  'null',
  '',
  'http://chat.example',
  'wss://chat.example',
  'https://chat.example:443',
  'https://chat.example:8443',
  'https://CHAT.example',
  'HTTPS://chat.example',
  'https://chat.example.',
  'https://chat.example/',
  'https://chat.example.evil.example',
  'https://evilchat.example',
  'https://sub.chat.example',
  'https://chat.example@evil.example',
  'https://chat.example, https://evil.example',
  'https://evil.example',
  'file://',
  '*',
])('"%s" may not', (origin) => {
  expect(mayAsk({ ...here, origin }, allowed)).toBe(false);
});

test('a browser that tells of another site and of no origin may not ask', () => {
  const ask = (site: string) => mayAsk({ ...here, origin: undefined, site }, allowed);
  expect(['none', 'same-origin', 'same-site', 'cross-site'].map(ask)).toEqual([true, true, false, false]);
});

test('our own pages may ask by address, and by no name that could be made to lead here', () => {
  const ask = (host: string, origin = `http://${host}`) => mayAsk({ ...here, host, origin }, allowed);
  expect(['127.0.0.1:8000', '[::1]:8000', 'localhost:8000'].map((host) => ask(host))).toEqual([
    true,
    true,
    true,
  ]);
  expect(ask('evil.example:8000')).toBe(false);
  expect(ask('127.0.0.1:8000', 'http://127.0.0.1:8001')).toBe(false);
  expect(ask('127.0.0.1:8000', 'https://127.0.0.1:8000')).toBe(false);
});

function server(trustedProxies: readonly string[] = []) {
  const log = pino({ level: 'silent' });
  const app = buildServer({ log, draining: new AbortController().signal }, { corsOrigin, trustedProxies });
  addOpenaiErrors(app);
  addOrigins(app, allowed);
  app.get('/v1/thing', () => ({ fine: true }));
  app.get('/health', () => ({ fine: true }));
  return app;
}

test('a keyed route says the origin that may read it, and an open one that everybody may', async () => {
  const app = server();
  const ask = async (url: string, origin?: string) => {
    const { headers, statusCode } = await app.inject({
      url,
      headers: origin === undefined ? {} : { origin },
    });
    return [statusCode, headers['access-control-allow-origin']];
  };
  expect(await ask('/v1/thing', 'https://chat.example')).toEqual([200, 'https://chat.example']);
  expect(await ask('/v1/thing', 'https://evil.example')).toEqual([403, undefined]);
  expect(await ask('/v1/thing')).toEqual([200, undefined]);
  expect(await ask('/health', 'https://evil.example')).toEqual([200, '*']);
  expect(await ask('/v1/no-such-thing', 'https://evil.example')).toEqual([403, undefined]);
});

test('forwarded headers are believed of listed proxies alone', async () => {
  const headers = {
    ...{ host: 'inner:8000', origin: 'https://10.0.0.9' },
    ...{ 'x-forwarded-proto': 'https', 'x-forwarded-host': '10.0.0.9' },
  };
  const ask = async (proxies: readonly string[]) =>
    (await server(proxies).inject({ url: '/v1/thing', headers })).statusCode;
  expect(await ask([])).toBe(403);
  expect(await ask(['192.0.2.0/24'])).toBe(403);
  expect(await ask(['127.0.0.0/8'])).toBe(200);
});
