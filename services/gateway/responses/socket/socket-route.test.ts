import { afterEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { request } from 'undici';
import { WebSocket } from 'ws';
import { addOpenaiErrors, openaiError } from '../../../kit/openai-error.ts';
import { buildServer } from '../../../kit/server.ts';
import { addOrigins } from '../../access/origins.ts';
import { addCallers } from '../../caller.ts';
import type { ResponseEvent } from '../events/response-event.ts';
import type { Responses } from '../responses.ts';
import { addSocketRoute, asksForSocket } from './socket-route.ts';

/** What the turns of a test do: by the text that they are asked. */
const gates = new Map<string, PromiseWithResolvers<void>>();
const gate = (name: string) => {
  const there = gates.get(name) ?? Promise.withResolvers<void>();
  gates.set(name, there);
  return there;
};

const completed = (text: string): ResponseEvent => {
  const response = { id: 'resp_1', status: 'completed', output: [], text };
  return { type: 'response.completed', sequence_number: 1, response };
};

/** `wait` runs until `gate('go')` opens, `flood` as long as someone reads; the end of a caller opens `gate('gone')`. */
async function* run(...[{ input }, { signal }]: Parameters<Responses['run']>) {
  const text = String((input[0]?.content as { text: string }[] | undefined)?.[0]?.text);
  const gone = gate('gone');
  signal.addEventListener('abort', () => gone.resolve());
  if (text === 'refuse') throw openaiError(429, 'Too much.', 'rate_limit_error', 'rate_limit_exceeded');
  yield { type: 'response.created', sequence_number: 0 };
  gate('begun').resolve();
  if (text === 'break') throw new Error('secret');
  if (text === 'wait') await Promise.race([gate('go').promise, gone.promise]);
  for (let sent = 0; text === 'flood'; sent += 1) {
    if (sent > 10_000) gate('endless').resolve();
    yield { type: 'response.output_text.delta', sequence_number: sent, delta: 'x'.repeat(64 * 1024) };
  }
  yield completed(text);
}

let shutDown: (() => Promise<void>) | undefined;
afterEach(() => shutDown?.());

async function listen(bounds: { ping?: number; idle?: number; life?: number; stall?: number } = {}) {
  gates.clear();
  const draining = new AbortController();
  const log = pino({ level: 'silent' });
  const app = buildServer({ log, draining: draining.signal }, { acceptsUpgrade: asksForSocket });
  addOpenaiErrors(app);
  addOrigins(app, new Set(['https://page.example']));
  addCallers(app, { apiKeys: ['key'] });
  app.get('/health', () => 'well');
  const { ping: pingMs = 60_000, idle: idleMs = 60_000, life: lifeMs = 60_000, stall = 60_000 } = bounds;
  const settings = { keepAliveMs: 0, requestTimeoutMs: stall, socket: { pingMs, idleMs, lifeMs } };
  await addSocketRoute(app, { run } as unknown as Responses, settings, draining.signal);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const clients: WebSocket[] = [];
  shutDown = async () => {
    for (const client of clients) client.terminate();
    await app.close();
  };
  const connect = async (options: object = {}) => {
    const client = new WebSocket(`${url.replace('http', 'ws')}/v1/responses`, {
      headers: { authorization: 'Bearer key' },
      ...options,
    });
    clients.push(client);
    const events: { type: string; [field: string]: unknown }[] = [];
    client.on('message', (data) => events.push(JSON.parse(String(data))));
    const closed = new Promise<string>((resolve) => {
      client.once('close', (code, reason) => resolve(`${code} ${reason}`));
    });
    client.on('error', () => undefined);
    await new Promise((resolve) => client.once('open', resolve));
    const ask = (input: string) =>
      client.send(JSON.stringify({ type: 'response.create', model: 'm', input }));
    const until = async (count: number) => {
      while (events.length < count) await new Promise((resolve) => client.once('message', resolve));
      return events;
    };
    return { client, events, closed, ask, until };
  };
  return { url, connect, draining };
}

/** The answer to an upgrade that is refused, or that was not one. */
async function answerTo(url: string, path: string, headers: Readonly<Record<string, string>>) {
  const { statusCode, body } = await request(`${url}${path}`, {
    headers: { authorization: 'Bearer key', ...headers },
  });
  return { status: statusCode, body: await body.text() };
}

const refusedWith = (url: string, headers: object) =>
  new Promise<number | undefined>((resolve) => {
    const client = new WebSocket(`${url.replace('http', 'ws')}/v1/responses`, { headers: { ...headers } });
    client.on('error', () => undefined);
    client.once('unexpected-response', (_request, { statusCode }) => {
      client.terminate();
      resolve(statusCode);
    });
    client.once('open', () => {
      client.terminate();
      resolve(undefined);
    });
  });

test('a request without an upgrade is told that one is required', async () => {
  const { url } = await listen();
  const { status, body } = await answerTo(url, '/v1/responses', {});
  expect([status, JSON.parse(body).error.code]).toEqual([426, 'upgrade_required']);
});

test('a socket needs a key, and an origin of the web if it has one', async () => {
  const { url } = await listen();
  const authorization = 'Bearer key';
  expect(await refusedWith(url, { authorization: 'Bearer other' })).toBe(401);
  expect(await refusedWith(url, { authorization, origin: 'null' })).toBe(403);
  expect(await refusedWith(url, { authorization, origin: 'file:///tmp/page' })).toBe(403);
  expect(await refusedWith(url, { authorization, origin: 'https://page.example' })).toBeUndefined();
});

test('an upgrade to another protocol is declined, and the request answered as it is', async () => {
  const { url } = await listen();
  const { get } = await import('node:http');
  const status = (path: string) =>
    new Promise((resolve, reject) => {
      const headers = { authorization: 'Bearer key', connection: 'Upgrade', upgrade: 'h2c' };
      get(`${url}${path}`, { headers }, (answer) => resolve(answer.resume().statusCode)).once(
        'error',
        reject,
      );
    });
  expect([await status('/health'), await status('/v1/responses')]).toEqual([200, 426]);
});

test('a frame that is wrong is answered in its turn, not between the events of another', async () => {
  const { connect } = await listen();
  const { client, ask, until } = await connect();
  ask('wait');
  client.send('no JSON');
  ask('second');
  await gate('begun').promise;
  gate('go').resolve();
  expect((await until(5)).map(({ type }) => type.replace('response.', ''))).toEqual([
    'created',
    'completed',
    'error',
    'created',
    'completed',
  ]);
});

test('a turn that is refused or breaks off ends with one error frame, which tells nothing of the inside', async () => {
  const { connect } = await listen();
  const { ask, until } = await connect();
  ask('refuse');
  ask('break');
  ask('third');
  const events = await until(5);
  expect(events.map(({ type, status }) => status ?? type)).toEqual([
    429,
    'response.created',
    500,
    'response.created',
    'response.completed',
  ]);
  expect(JSON.stringify(events)).not.toContain('secret');
});

test('a client that answers no ping is gone, and so is its turn', async () => {
  const { connect } = await listen({ ping: 20 });
  const { ask, closed } = await connect({ autoPong: false });
  ask('wait');
  await gate('gone').promise;
  expect(await closed).toMatch(/^1006/);
});

test('a client that answers pings stays, however long its turn says nothing', async () => {
  const { connect } = await listen({ ping: 20 });
  const { client, ask, until } = await connect();
  ask('wait');
  for (let pings = 0; pings < 8; pings += 1) await new Promise((resolve) => client.once('ping', resolve));
  gate('go').resolve();
  expect((await until(2)).at(-1)?.type).toBe('response.completed');
});

test('a client that never reads is cut off, before much is kept for it', async () => {
  const { connect } = await listen({ stall: 100 });
  const { client, ask } = await connect();
  client.pause();
  ask('flood');
  expect(
    await Promise.race([gate('gone').promise, gate('endless').promise.then(() => 'endless')]),
  ).toBeUndefined();
});

test('more frames than may wait end the socket and its turn', async () => {
  const { connect } = await listen();
  const { ask, closed } = await connect();
  ask('wait');
  await gate('begun').promise;
  for (let waiting = 0; waiting < 17; waiting += 1) ask('later');
  expect(await closed).toBe('1008 too many requests are waiting');
  await gate('gone').promise;
});

test('a frame that is too large ends the socket with 1009', async () => {
  const { connect } = await listen();
  const { ask, closed } = await connect();
  ask('x'.repeat(11 * 1024 * 1024));
  expect(await closed).toMatch(/^1009/);
});

test('a socket without turns is closed after its idle time', async () => {
  const { connect } = await listen({ idle: 30 });
  expect(await (await connect()).closed).toBe('1000 idle');
});

test('an old socket ends its turn, says why it goes, and goes', async () => {
  // Long enough for two clients to come and one to ask, on a busy machine too.
  const { connect } = await listen({ life: 1_500 });
  const { ask, closed, events } = await connect();
  const other = await connect();
  ask('wait');
  await gate('begun').promise;
  await other.closed;
  gate('go').resolve();
  expect(await closed).toBe('1000 age limit');
  expect(events.map(({ type }) => type)).toEqual(['response.created', 'response.completed', 'error']);
  expect(events.at(-1)).toMatchObject({ error: { code: 'websocket_connection_limit_reached' } });
});

test('a worker that drains closes idle sockets at once, and others after their turn', async () => {
  const { connect, draining } = await listen();
  const idle = await connect();
  const busy = await connect();
  busy.ask('wait');
  busy.ask('never begun');
  await gate('begun').promise;
  draining.abort();
  expect(await idle.closed).toMatch(/^1012/);
  gate('go').resolve();
  expect(await busy.closed).toMatch(/^1012/);
  expect(busy.events.map(({ type }) => type)).toEqual(['response.created', 'response.completed']);
});
