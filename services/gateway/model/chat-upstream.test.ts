import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { Agent } from 'undici';
import { completeChat, streamChat } from './chat-upstream.ts';
import type { ModelCall, UpstreamOutcome } from './model-call.ts';
import type { Provider } from './provider.ts';

const dispatcher = new Agent();
let server: Server | undefined;
let outcomes: UpstreamOutcome[] = [];

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => server?.close(done) ?? done(undefined));
  server = undefined;
  outcomes = [];
});

const plane = { dispatcher, requestTimeoutMs: 5_000, observe: (one: UpstreamOutcome) => outcomes.push(one) };

async function callTo(answer: RequestListener, signal = new AbortController().signal): Promise<ModelCall> {
  server = createServer(answer);
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const provider = { id: 'one', baseUrl, apiKeys: ['sk-upstream'], models: { m: 'real-m' } };
  return {
    target: { kind: 'provider', model: 'm', providers: [provider] },
    request: { messages: [{ role: 'user', content: 'hi' }] } as unknown as ModelCall['request'],
    requestId: 'r',
    correlationId: 'c',
    log: {} as ModelCall['log'],
    signal,
  };
}

const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
const chunk = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;
const streaming =
  (...frames: readonly string[]): RequestListener =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const frame of frames) response.write(frame);
    response.end();
  };

async function readAll(call: ModelCall): Promise<string> {
  let text = '';
  for await (const { choices } of await streamChat(plane, call)) text += choices[0]?.delta.content ?? '';
  return text;
}

test('a provider gets its own model name and key, and its answer is counted with its usage', async () => {
  let seen = '';
  const call = await callTo(async (request, response) => {
    for await (const part of request) seen += part;
    seen += request.headers.authorization;
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: 'yes' } }], usage }),
    );
  });
  const { choices } = await completeChat(plane, call);
  expect(choices[0]?.message.content).toBe('yes');
  expect(seen).toContain('"model":"real-m"');
  expect(seen).toContain('Bearer sk-upstream');
  expect(outcomes).toMatchObject([{ upstream: 'one', model: 'm', result: 'success', usage }]);
});

test('a stream is over after [DONE], with the usage of its last chunk', async () => {
  const last = `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`;
  expect(await readAll(await callTo(streaming(chunk('a'), chunk('ß'), last)))).toBe('aß');
  expect(outcomes).toMatchObject([{ result: 'success', usage, firstMs: expect.any(Number) }]);
});

test.each([
  ['ends without [DONE]', chunk('a'), 'upstream_truncated', 'broke the stream off'],
  ['carries an error', 'data: {"error":{"message":"over","type":"t","code":"c"}}\n\n', 'c', 'over'],
  ['carries no chunk', 'data: {"nothing":1}\n\n', 'upstream_invalid_response', 'cannot be used'],
  ['carries no JSON', 'data: {\n\n', 'upstream_invalid_response', 'cannot be used'],
])('a stream that %s is a failure', async (_, frame, code, message) => {
  const reading = readAll(await callTo(streaming(frame)));
  await expect(reading).rejects.toMatchObject({
    body: { error: { code, message: expect.stringContaining(message) } },
  });
  expect(outcomes).toMatchObject([{ result: 'failure' }]);
});

test('a refusal before the stream keeps its status and how long to wait', async () => {
  const call = await callTo((_, response) => {
    response.writeHead(429, { 'retry-after': '7', 'content-type': 'application/json' });
    response.end('{"error":{"message":"slow down","type":"rate_limit_error","code":"rpm"}}');
  });
  await expect(streamChat(plane, call)).rejects.toMatchObject({ statusCode: 429, retryAfter: '7' });
  expect(outcomes).toMatchObject([{ result: 'failure', status: 429 }]);
});

test('leaving a stream hangs up, which is nothing the upstream did wrong', async () => {
  const hungUp = Promise.withResolvers<void>();
  const call = await callTo((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chunk('a'));
    response.on('close', () => hungUp.resolve());
  });
  for await (const _ of await streamChat(plane, call)) break;
  await hungUp.promise;
  expect(outcomes).toMatchObject([{ result: 'cancelled' }]);
});

test('an abort ends a stream that is silent', async () => {
  const controller = new AbortController();
  const call = await callTo((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chunk('a'));
  }, controller.signal);
  const reading = (async () => {
    for await (const _ of await streamChat(plane, call)) controller.abort();
  })();
  await expect(reading).rejects.toMatchObject({ name: 'OpenaiError' });
  expect(outcomes).toMatchObject([{ result: 'cancelled' }]);
});

/** A call that two providers can answer, both at the one server; what fails is tried at the second. */
async function callOfTwo(answer: RequestListener): Promise<ModelCall> {
  const call = await callTo(answer);
  const [one] = (call.target as { providers: readonly Provider[] }).providers as [Provider];
  const two = { ...one, id: 'two', apiKeys: ['sk-second'] };
  return {
    ...call,
    target: { kind: 'provider', model: 'm', providers: [one, two] },
    log: { warn: () => undefined } as never,
  };
}

/** The first key meets `failing`, every other one `working`. */
const firstFails =
  (failing: RequestListener, working: RequestListener): RequestListener =>
  (request, response) =>
    (request.headers.authorization === 'Bearer sk-upstream' ? failing : working)(request, response);

const whole: RequestListener = (_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: 'yes' } }] }));
};
const breaking =
  (...frames: readonly string[]): RequestListener =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    for (const frame of frames) response.write(frame);
    setImmediate(() => response.destroy());
  };

test.each<[string, RequestListener]>([
  ['resets the connection', (request) => request.socket.destroy()],
  [
    'breaks its answer off',
    (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      response.write('{"choices"', () => response.destroy());
    },
  ],
  ['answers 503', (_, response) => response.writeHead(503).end()],
  ['answers with a page', (_, response) => response.setHeader('content-type', 'text/html').end('<p>')],
])('a provider that %s is replaced, and both are counted', async (_, failing) => {
  const { choices } = await completeChat(plane, await callOfTwo(firstFails(failing, whole)));
  expect(choices[0]?.message.content).toBe('yes');
  expect(outcomes).toMatchObject([
    { upstream: 'one', result: 'failure' },
    { upstream: 'two', result: 'success' },
  ]);
});

const good = streaming(chunk('a'), 'data: [DONE]\n\n');
test.each<[string, RequestListener]>([
  ['breaks', breaking()],
  ['ends', streaming()],
  ['reports an error', streaming('data: {"error":{"message":"over"}}\n\n')],
])('a stream that %s before its first chunk is replaced', async (_, failing) => {
  expect(await readAll(await callOfTwo(firstFails(failing, good)))).toBe('a');
  expect(outcomes).toMatchObject([{ result: 'failure' }, { upstream: 'two', result: 'success' }]);
});

test('a stream that breaks after its first chunk is not', async () => {
  const reading = readAll(await callOfTwo(firstFails(breaking(chunk('b')), good)));
  await expect(reading).rejects.toMatchObject({ statusCode: 502 });
  expect(outcomes).toMatchObject([{ upstream: 'one', result: 'failure' }]);
});
