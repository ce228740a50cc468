import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { needs } from '../../harness/suite/offered/needs.ts';
import { ownKey } from '../../harness/suite/responses/caller.ts';
import { openSocket } from '../../harness/suite/responses/response-socket.ts';
import { ask } from '../../harness/suite/security/ask.ts';
import { rawHead, sendRaw } from '../../harness/suite/security/raw.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { requireEnvironment } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';

/** The origin that the gateway lists: the stack's own, or `GATEWAY_ALLOWED_ORIGIN` for another gateway. */
const listed = (): string =>
  service('gateway').ours ? 'https://pages.gauntlet.test' : requireEnvironment('GATEWAY_ALLOWED_ORIGIN');

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(() => needs('responses'));

/** What is wrong with an origin, and the origin made of the listed one. */
const downgrades: readonly (readonly [string, (origin: string) => string])[] = [
  ['of another site', () => 'https://evil.test'],
  ['null, which every sandboxed frame has', () => 'null'],
  ['of http instead of https', (origin) => origin.replace('https:', 'http:')],
  ['of ws instead of https', (origin) => origin.replace('https:', 'ws:')],
  ['of wss instead of https', (origin) => origin.replace('https:', 'wss:')],
  ['with a port', (origin) => `${origin}:8443`],
  ['with the port that goes without saying', (origin) => `${origin}:443`],
  ['in capitals', (origin) => origin.toUpperCase()],
  ['with a capital in the host', (origin) => origin.replace('//p', '//P').replace('//c', '//C')],
  ['of a host below', (origin) => origin.replace('//', '//sub.')],
  ['that ends like it', (origin) => origin.replace('//', '//evil')],
  ['that begins like it', (origin) => `${origin}.evil.test`],
  ['with a dot at the end', (origin) => `${origin}.`],
  ['with a slash at the end', (origin) => `${origin}/`],
  ['with a path', (origin) => `${origin}/page`],
  ['behind a user', (origin) => `${origin}@evil.test`],
  ['with another host behind a blank', (origin) => `${origin} https://evil.test`],
  ['twice in a list', (origin) => `${origin}, https://evil.test`],
  ['of a file', () => 'file://'],
  ['of an extension', () => 'chrome-extension://abcdefgh'],
  ['that is a star', () => '*'],
];

const post = (headers: Readonly<Record<string, string>>) =>
  ask('/v1/responses', { method: 'POST', key: ownKey(), headers, body: { model, input: 'Hi' } });
const upgrade = (headers: Readonly<Record<string, string>>) =>
  openSocket({ headers }).then(
    (socket) => {
      socket.close();
      return 'opened';
    },
    (error: Error) => error.message,
  );

describe.each(downgrades)('an origin %s', (_what, made) => {
  // covers 001/origin-downgrade
  test('opens no socket', async () => {
    await needs('responses-websocket');
    expect(await upgrade({ origin: made(listed()) })).toBe('the upgrade was answered with 403');
  });

  // covers 001/origin-downgrade
  test('gets no answer by a POST either, and nothing that lets its page read the refusal', async () => {
    const { status, headers, json } = await post({ origin: made(listed()) });
    expect([status, json.error.code]).toEqual([403, 'origin_not_allowed']);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  // covers 001/origin-downgrade
  test('gets no leave to ask beforehand', async () => {
    const { status, headers } = await ask('/v1/responses', {
      method: 'OPTIONS',
      headers: { origin: made(listed()), 'access-control-request-method': 'POST' },
    });
    expect(status).toBe(403);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

// covers 001/origin-downgrade
test('the listed origin may do all of it, and is named in the answer', async () => {
  await needs('responses-websocket');
  const origin = listed();
  const { status, headers } = await post({ origin });
  expect([status, headers['access-control-allow-origin']]).toEqual([200, origin]);
  expect(String(headers.vary).toLowerCase()).toContain('origin');
  expect(headers).not.toHaveProperty('access-control-allow-credentials');
  expect(await upgrade({ origin })).toBe('opened');
  const preflight = await ask('/v1/responses', {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers).toMatchObject({
    'access-control-allow-origin': origin,
    'access-control-allow-headers': 'authorization',
  });
});

// covers 001/origin-downgrade
test('who is no browser names no origin and needs none', async () => {
  await needs('responses-websocket');
  const { status, headers } = await post({});
  expect(status).toBe(200);
  expect(headers).not.toHaveProperty('access-control-allow-origin');
  expect(await upgrade({})).toBe('opened');
});

// covers 001/origin-downgrade
test.each(['cross-site', 'same-site'])(
  'a browser that leaves its origin out, and says that the page is %s, is refused',
  async (site) => {
    expect((await post({ 'sec-fetch-site': site })).status).toBe(403);
    expect((await ask('/v1/models', { key: ownKey(), headers: { 'sec-fetch-site': site } })).status).toBe(
      403,
    );
  },
);

// covers 001/origin-downgrade
test('forwarded headers of whoever sends them make no origin our own', async () => {
  for (const origin of ['https://127.0.0.9', 'https://localhost', 'https://evil.test']) {
    const { host } = new URL(origin);
    const forwarded = [
      { 'x-forwarded-proto': 'https', 'x-forwarded-host': host },
      { 'x-forwarded-proto': 'https', 'x-forwarded-host': host, 'x-forwarded-for': '127.0.0.1' },
      { forwarded: `proto=https;host=${host};for=127.0.0.1` },
      { 'x-original-host': host, 'x-forwarded-scheme': 'https', 'x-forwarded-port': '443' },
    ];
    for (const headers of forwarded) expect((await post({ origin, ...headers })).status).toBe(403);
  }
});

// covers 001/origin-downgrade
test('a name that was made to lead here makes no origin our own', async () => {
  const lines = ['Origin: http://evil.test:8000', `Authorization: Bearer ${ownKey()}`, 'Connection: close'];
  const head = rawHead('GET', '/v1/models', lines).replace('Host: gateway', 'Host: evil.test:8000');
  expect((await sendRaw(head)).status).toBe(403);
});

// covers 001/origin-downgrade
test('two Origin lines are none that is listed, whichever comes first', async () => {
  const origins = [`Origin: ${listed()}`, 'Origin: https://evil.test'];
  for (const two of [origins, origins.toReversed()]) {
    const lines = [...two, `Authorization: Bearer ${ownKey()}`, 'Connection: close'];
    expect((await sendRaw(rawHead('GET', '/v1/models', lines))).status).toBe(403);
  }
});

// covers 001/origin-downgrade
test('no route that takes a key lets every page read it', async () => {
  const paths = [
    '/v1/models',
    '/v1/chat/completions',
    '/v1/responses',
    '/metrics',
    '/admin/keys',
    '/nothing',
  ];
  for (const path of paths) {
    const answers = await Promise.all(
      ['https://evil.test', listed(), undefined].map((origin) =>
        ask(path, { key: ownKey(), headers: origin === undefined ? {} : { origin } }),
      ),
    );
    for (const { headers } of answers) expect(headers['access-control-allow-origin']).not.toBe('*');
  }
});
