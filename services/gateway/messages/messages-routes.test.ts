import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import fastify, { type LightMyRequestResponse } from 'fastify';
import { Agent } from 'undici';
import { addOpenaiErrors } from '../../kit/openai-error.ts';
import type { TypedServer } from '../../kit/server.ts';
import { typeboxValidator } from '../../kit/validation.ts';
import { addCallers } from '../caller.ts';
import type { Gateway } from '../gateway.ts';
import { addMessagesRoutes } from './messages-routes.ts';

const dispatcher = new Agent();
let upstream: Server | undefined;
let seen: Record<string, unknown>[] = [];

afterEach(async () => {
  upstream?.closeAllConnections();
  await new Promise((done) => upstream?.close(done) ?? done(undefined));
  upstream = undefined;
  seen = [];
});

type Answer = (body: Record<string, unknown>) => { readonly status: number; readonly body: object };
const hello: Answer = () => ({
  status: 200,
  body: { choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }] },
});

/** The routes in front of a model API that answers so. */
async function gatewayBefore(answer: Answer = hello, apiKeys: readonly string[] = []) {
  upstream = createServer(async (request, response) => {
    const body = (await json(request)) as Record<string, unknown>;
    seen.push(body);
    const { status, body: answered } = answer(body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answered));
  });
  await new Promise<void>((done) => upstream?.listen(0, '127.0.0.1', done));
  const baseUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
  const target = { kind: 'provider', model: 'm', providers: [{ id: 'up', baseUrl, models: { m: 'm' } }] };
  const gateway = {
    settings: { streamCommitMs: 1_000, keepAliveMs: 1_000, requestTimeoutMs: 5_000 },
    plane: { dispatcher, requestTimeoutMs: 5_000, observe: () => undefined },
    targets: new Map([['m', target]]),
    cutOff: new AbortController().signal,
  } as unknown as Gateway;
  const app = fastify({ genReqId: () => 'req_1', bodyLimit: 20_000 });
  app.setValidatorCompiler(typeboxValidator as never);
  app.setSerializerCompiler(() => JSON.stringify);
  addOpenaiErrors(app);
  addCallers(app, { apiKeys });
  await addMessagesRoutes(app as unknown as TypedServer, gateway);
  return app;
}

const good = { model: 'm', max_tokens: 2_000, messages: [{ role: 'user', content: 'Hi' }] };
const post = (payload: object | string, headers: Record<string, string> = {}, url = '/v1/messages') => ({
  method: 'POST' as const,
  url,
  headers: { 'content-type': 'application/json', ...headers },
  payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
});

const problem = (answer: LightMyRequestResponse) => {
  const { type, error, request_id } = answer.json();
  expect([type, request_id, answer.headers['request-id']]).toEqual(['error', 'req_1', 'req_1']);
  return [answer.statusCode, error.type, error.details?.error_code];
};

test('a message is answered, with the id of its request', async () => {
  const app = await gatewayBefore();
  const answer = await app.inject(post(good));
  expect([answer.statusCode, answer.headers['request-id']]).toEqual([200, 'req_1']);
  expect(answer.json()).toMatchObject({ type: 'message', content: [{ type: 'text', text: 'Hello' }] });
});

test.each([
  ['no key', {}, 'missing_api_key'],
  ['a wrong key', { 'x-api-key': 'other' }, 'invalid_api_key'],
])('%s is an authentication error of this API, also where there is no route', async (_, headers, code) => {
  const app = await gatewayBefore(hello, ['k1']);
  expect(problem(await app.inject(post(good, headers)))).toEqual([401, 'authentication_error', code]);
  const nowhere = await app.inject(post(good, headers, '/v1/messages/nowhere'));
  expect(problem(nowhere)).toEqual([401, 'authentication_error', code]);
  expect((await app.inject(post(good, { 'x-api-key': 'k1' }))).statusCode).toBe(200);
});

test.each([
  ['another route', post(good, {}, '/v1/messages/nowhere'), [404, 'not_found_error', 'unknown_url']],
  ['another model', post({ ...good, model: 'x' }), [404, 'not_found_error', 'model_not_found']],
  ['broken JSON', post('{'), [400, 'invalid_request_error', 'invalid_json']],
  [
    'deep nesting',
    post('['.repeat(400) + ']'.repeat(400)),
    [400, 'invalid_request_error', 'nested_too_deeply'],
  ],
  [
    'a large body',
    post({ ...good, system: 'x'.repeat(20_000) }),
    [413, 'request_too_large', 'request_too_large'],
  ],
  [
    'a form',
    post('a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
    [415, 'invalid_request_error', 'unsupported_media_type'],
  ],
  ['an extra field', post({ ...good, extra: 1 }), [400, 'invalid_request_error', 'unknown_parameter']],
  [
    'no limit',
    post({ ...good, max_tokens: undefined }),
    [400, 'invalid_request_error', 'missing_required_parameter'],
  ],
  [
    'an old version',
    post(good, { 'anthropic-version': '2023-01-01' }),
    [400, 'invalid_request_error', 'invalid_value'],
  ],
])('%s is refused, and the model is not asked', async (_, request, expected) => {
  const app = await gatewayBefore();
  expect(problem(await app.inject(request))).toEqual(expected);
  expect(seen).toEqual([]);
});

test('what cannot be converted is refused before a stream begins', async () => {
  const app = await gatewayBefore();
  const orphan = { type: 'tool_result', tool_use_id: 'a', content: 'x' };
  const answer = await app.inject(
    post({ ...good, stream: true, messages: [{ role: 'user', content: [orphan] }] }),
  );
  expect(problem(answer)).toEqual([400, 'invalid_request_error', 'tool_pairing_invalid']);
  expect(seen).toEqual([]);
});

const refusing =
  (name: string): Answer =>
  (body) =>
    JSON.stringify(body).includes(name)
      ? { status: 400, body: { error: { message: `Unknown parameter: '${name}'.` } } }
      : hello(body);
const thought = { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature: 's' }] };
const thinking = { thinking: { type: 'enabled', budget_tokens: 1_024 } };

test('a model that refuses a field of thinking by name is asked once more without it', async () => {
  const app = await gatewayBefore(refusing('reasoning_effort'));
  expect((await app.inject(post({ ...good, ...thinking }))).statusCode).toBe(200);
  expect(seen.map(({ reasoning_effort }) => reasoning_effort)).toEqual(['low', undefined]);
});

test('the same holds for what was thought before; nothing else of the conversation is lost', async () => {
  const app = await gatewayBefore(refusing('reasoning_content'));
  const messages = [...good.messages, thought, ...good.messages];
  expect((await app.inject(post({ ...good, messages, ...thinking }))).statusCode).toBe(200);
  expect(seen[1]).toMatchObject({
    reasoning_effort: 'low',
    messages: [{ content: 'Hi' }, { role: 'assistant', content: ' ' }, { content: 'Hi' }],
  });
});

test('any other refusal is passed on, and nothing is asked again', async () => {
  const app = await gatewayBefore(() => ({
    status: 400,
    body: { error: { message: 'reasoning_effort and more' } },
  }));
  expect(problem(await app.inject(post(good)))[0]).toBe(400);
  expect(seen).toHaveLength(1);
});
