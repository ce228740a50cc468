import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createServer } from '../server.ts';
import { keyOf, modelApis } from './model-api.ts';

/** What the scripted provider was asked, and with which key. */
const asked: { readonly authorization: string | undefined; readonly model: string }[] = [];
const provider = createHttpServer(async (request, response) => {
  let text = '';
  for await (const part of request) text += part;
  asked.push({ authorization: request.headers.authorization, model: JSON.parse(text).model });
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"chat.completion"}');
});
let server: ReturnType<typeof createServer>;

beforeAll(async () => {
  provider.listen(0, '127.0.0.1');
  await once(provider, 'listening');
  const providerUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  server = createServer({ providerUrl, log: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await server.close();
  provider.close();
});

const chat = (url: string, model: string, headers: Readonly<Record<string, string>> = {}) =>
  server.inject({
    method: 'POST',
    url: `${url}/chat/completions`,
    headers,
    payload: { model, messages: [] },
  });

test.each(modelApis.map(({ name, path }) => [name, path] as const))(
  'the double of %s at %s takes its key for its model and nothing else',
  async (name, path) => {
    const { model, answersToAll, asksForKey } = modelApis.find((api) => api.name === name) ?? {};
    const url = `/${name}${path}`;
    const authorization = `Bearer ${keyOf(name)}`;
    const good = await chat(url, model ?? '', { authorization });
    expect([good.statusCode, good.json().object]).toEqual([200, 'chat.completion']);
    expect(asked.at(-1)).toEqual({ authorization, model });
    const statuses = [
      await chat(url, model ?? '', { authorization: 'Bearer wrong' }),
      await chat(url, model ?? ''),
      await chat(url, 'another', { authorization }),
    ].map(({ statusCode }) => statusCode);
    expect(statuses).toEqual([401, asksForKey ? 401 : 200, answersToAll ? 200 : 404]);
    const listed = await server.inject({ url: `${url}/models`, headers: { authorization } });
    expect(listed.json().data[0].id).toBe(model);
  },
);

const message = { model: 'claude-haiku-5-5', max_tokens: 5, messages: [{ role: 'user', content: 'Hi' }] };
const version = { 'anthropic-version': '2023-06-01' };
const key = keyOf('anthropic');

test.each([
  ['its key', { 'x-api-key': key }, 200],
  ['a wrong key', { 'x-api-key': 'wrong' }, 401],
  ['no key', {}, 401],
  [
    'a token that says what it is',
    { authorization: `Bearer ${key}`, 'anthropic-beta': 'oauth-2025-04-20' },
    200,
  ],
  ['a token that does not', { authorization: `Bearer ${key}` }, 401],
])('the API of Anthropic answers %s', async (_, headers, status) => {
  const url = '/anthropic/v1/messages';
  const answer = await server.inject({
    method: 'POST',
    url,
    headers: { ...version, ...headers },
    payload: message,
  });
  expect(answer.statusCode).toBe(status);
  expect(answer.json().type).toBe(status === 200 ? 'message' : 'error');
});

test.each([
  ['x-goog-api-key', { 'x-goog-api-key': keyOf('gemini') }, '', 200],
  ['a key in the query', {}, `?key=${keyOf('gemini')}`, 200],
  ['a wrong key', { 'x-goog-api-key': 'wrong' }, '', 400],
  ['no key', {}, '', 403],
])('the API of Gemini answers %s', async (_, headers, query, status) => {
  const url = `/gemini/v1beta/models/gemini-3.1-flash-lite:generateContent${query}`;
  const answer = await server.inject({ method: 'POST', url, headers, payload: { contents: [] } });
  expect(answer.statusCode).toBe(status);
});

test('LM Studio says 200 to what it does not know', async () => {
  const answer = await server.inject({ method: 'POST', url: '/lmstudio/v1/nothing', payload: {} });
  expect([answer.statusCode, answer.json().error]).toEqual([
    200,
    expect.stringContaining('Unexpected endpoint'),
  ]);
});
