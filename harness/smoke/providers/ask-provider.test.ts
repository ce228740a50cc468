import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from '@jest/globals';
import { classOfUpstream } from '../failures/failure-class.ts';
import { closeServers, completion, deserted, says, serve } from '../test-server.ts';
import { askProvider } from './ask-provider.ts';
import type { AuthMode, Dialect } from './catalogue.ts';

afterAll(closeServers);

const key = 'sk-of-this-test';
const ask = (url: string, auth: AuthMode = 'bearer', dialect: Dialect = 'openai', timeoutMs = 5_000) =>
  askProvider({ auth, dialect, url, key }, 'm', timeoutMs);
const page = '<!doctype html><title>Sign in</title>';

test('a good answer is one, with what it says', async () => {
  const { judged, status } = await ask(await serve(says(completion)));
  expect(status).toBe(200);
  expect(judged).toEqual({
    ending: { how: 'well' },
    said: { id: 'c1', model: 'm', text: 'SMOKE_PONG', outputTokens: 2 },
  });
});

test('a provider that refuses every key is red, and not away', async () => {
  const { judged } = await ask(await serve(says({ error: 'no' }, 401)));
  expect(judged.ending).toEqual({ how: 'status', status: 401 });
  expect(classOfUpstream(judged.ending)).toBe('product_failure');
});

test.each([
  ['a page', 'text/html', page],
  ['a page that says it is JSON', 'application/json', page],
  ['an answer of nothing', 'application/json', ''],
  ['JSON of another API', 'application/json', JSON.stringify({ type: 'message', content: [] })],
  ['an error that says 200', 'application/json', JSON.stringify({ error: 'Unexpected endpoint or method.' })],
  [
    'an answer without a word',
    'application/json',
    JSON.stringify({ ...completion, choices: [{ message: { content: ' ' } }] }),
  ],
])('%s with status 200 is red', async (_, contentType, text) => {
  const url = await serve((_request, response) =>
    response.writeHead(200, { 'content-type': contentType }).end(text),
  );
  const { judged } = await ask(url);
  expect(judged.ending.how).toBe('shape');
  expect(classOfUpstream(judged.ending)).toBe('product_failure');
});

test('an answer that is packed without saying so is red', async () => {
  const url = await serve((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(gzipSync(JSON.stringify(completion))),
  );
  expect((await ask(url)).judged.ending).toMatchObject({
    how: 'shape',
    what: expect.stringContaining('no JSON'),
  });
});

test('nobody who listens, an upstream that fails and one that is busy are away', async () => {
  const endings = await Promise.all([
    ask(await deserted()),
    ask(await serve(says({}, 503))),
    ask(await serve(says({}, 429))),
    ask(await serve((_request, response) => response.destroy())),
  ]);
  expect(endings.map(({ judged }) => judged.ending)).toEqual([
    { how: 'unreachable', code: 'ECONNREFUSED' },
    { how: 'status', status: 503 },
    { how: 'status', status: 429 },
    { how: 'broken' },
  ]);
  expect(endings.map(({ judged }) => classOfUpstream(judged.ending))).toEqual(
    endings.map(() => 'upstream_unavailable'),
  );
});

test('who says nothing, or nothing more, is given up within the bound', async () => {
  const [silent, stuck] = await Promise.all([
    ask(await serve(() => undefined), 'bearer', 'openai', 100),
    ask(
      await serve((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).write('{');
      }),
      'bearer',
      'openai',
      100,
    ),
  ]);
  expect(silent.judged.ending).toEqual({ how: 'silent' });
  expect(stuck.judged.ending).toEqual({ how: 'silent' });
});

test('an answer without end is none', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = () => {
      while (response.write('x'.repeat(65_536))) {
        if (response.destroyed) return;
      }
      response.once('drain', more);
    };
    more();
  });
  expect((await ask(url)).judged.ending).toMatchObject({
    how: 'shape',
    what: expect.stringContaining('bytes'),
  });
});

test('a key goes nowhere else: a redirect is not followed', async () => {
  let visited = false;
  const elsewhere = await serve((_request, response) => {
    visited = true;
    response.end();
  });
  const url = await serve((_request, response) => response.writeHead(307, { location: elsewhere }).end());
  expect((await ask(url)).judged.ending).toEqual({ how: 'status', status: 307 });
  expect(visited).toBe(false);
});

test.each([
  ['bearer', 'openai', 'authorization', `Bearer ${key}`],
  ['x-api-key', 'anthropic', 'x-api-key', key],
  ['oauth-token', 'anthropic', 'authorization', `Bearer ${key}`],
  ['x-goog-api-key', 'gemini', 'x-goog-api-key', key],
  ['none', 'openai', 'authorization', undefined],
] as const)('%s of %s sends the key as %s', async (auth, dialect, header, value) => {
  let seen: string | string[] | undefined;
  const url = await serve((request, response) => {
    seen = request.headers[header];
    response.end();
  });
  await ask(url, auth, dialect);
  expect(seen).toBe(value);
});

test('a key in the query is not in what is kept of the request', async () => {
  let path: string | undefined;
  const url = await serve((request, response) => {
    path = request.url;
    response.end();
  });
  const asked = await ask(url, 'query', 'gemini');
  expect(path).toBe(`/models/m:generateContent?key=${key}`);
  expect(JSON.stringify(asked)).not.toContain(key);
});
