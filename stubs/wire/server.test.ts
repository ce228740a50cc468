import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createControl } from './server.ts';
import { readSettings } from './settings.ts';
import { request, TestWire } from './test-wire.ts';

let net: TestWire;
let control: FastifyInstance;

beforeAll(async () => {
  net = await TestWire.raw((socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
  });
  control = createControl({ wire: net.wire, token: 'secret', log: pino({ level: 'silent' }) });
});

afterEach(() => call('DELETE', '/faults'));

afterAll(async () => {
  net.close();
  await control.close();
});

const headers = { authorization: 'Bearer secret' };

async function call(method: 'GET' | 'PUT' | 'DELETE', url: string, body?: object) {
  const answer = await control.inject({ method, url, headers, ...(body ? { payload: body } : {}) });
  return { status: answer.statusCode, body: answer.json() as unknown };
}

const match = { link: 'a>b', operation: 'x' };
const cut = { kind: 'cut', afterBytes: 3, by: 'fin' };

test('health is open, everything else needs the token', async () => {
  expect((await control.inject('/health')).json()).toMatchObject({ status: 'ok', links: 1 });
  for (const url of ['/links', '/faults', '/journal', '/wait?fault=f', '/carrier?link=a&op=b']) {
    expect((await control.inject(url)).statusCode).toBe(401);
    expect((await control.inject({ url, headers: { authorization: 'Bearer other' } })).statusCode).toBe(401);
  }
});

test('a fault is added, fires, is waited for, read and removed', async () => {
  expect(await call('PUT', '/faults/f', { match, effect: cut })).toMatchObject({
    status: 200,
    body: { id: 'f', state: 'armed', fired: 0, matched: 0, revertAfterMs: 10_000 },
  });
  const waiting = call('GET', '/wait?fault=f&timeoutMs=2000');
  await net.connect().send(request('x')).ended('fin');
  expect(await waiting).toMatchObject({ status: 200, body: { fired: 1, connection: 1, bytesPassed: 3 } });
  expect(await call('GET', '/faults')).toMatchObject({ body: [{ id: 'f', firedAt: expect.any(Number) }] });
  expect(await call('GET', '/links')).toMatchObject({
    body: [{ name: 'a>b', accepted: 1, listening: true }],
  });
  expect(await call('GET', '/journal?op=x')).toMatchObject({
    body: [
      { link: 'a>b', ordinal: 1, exchanges: 1, bytesToClient: 3, operations: ['x'], ended: { fault: 'f' } },
    ],
  });
  expect(await call('GET', '/carrier?link=a%3Eb&op=x')).toMatchObject({
    status: 200,
    body: { ordinal: 1, upstream: { address: '127.0.0.1', port: expect.any(Number) } },
  });
  expect(await call('GET', '/carrier?link=a%3Eb&op=y&timeoutMs=5')).toMatchObject({ status: 408 });
  expect(await call('GET', '/journal?op=y')).toEqual({ status: 200, body: [] });
  expect(await call('DELETE', '/faults/f')).toMatchObject({ status: 200, body: { id: 'f' } });
  expect(await call('DELETE', '/faults/f')).toMatchObject({
    status: 404,
    body: { error: { code: 'WIRE_FAULT_UNKNOWN' } },
  });
});

test('a wait for a fault that does not fire ends with 408', async () => {
  await call('PUT', '/faults/f', { match, effect: cut });
  expect(await call('GET', '/wait?fault=f&timeoutMs=20')).toMatchObject({
    status: 408,
    body: { error: { code: 'WIRE_WAIT_TIMEOUT', message: expect.stringContaining('armed') } },
  });
});

test.each([
  ['no effect', { match }],
  ['an unknown effect', { match, effect: { kind: 'explode' } }],
  ['an unknown field', { match, effect: { ...cut, maybe: 0.5 } }],
  ['text for a number', { match, effect: { ...cut, afterBytes: '3' } }],
  ['a bound beyond the limit', { match, effect: cut, revertAfterMs: 60_001 }],
  ['an id that no text can carry', { match: { link: 'a>b', operation: 'a b' }, effect: cut }],
  ['two ways to match', { match: { ...match, ordinal: 1 }, effect: cut }],
  ['no way to match', { match: { link: 'a>b' }, effect: cut }],
  ['two positions', { match, effect: { ...cut, afterFrames: 1 } }],
  ['a proper end at a byte', { match, effect: { ...cut, by: 'end' } }],
  ['frames of a request', { match, direction: 'request', effect: { kind: 'duplicate', frame: 1 } }],
  ['a listener closed by operation', { match, effect: { kind: 'refuse', by: 'listener' } }],
  ['an unknown link', { match: { ...match, link: 'b>c' }, effect: cut }],
])('%s is refused with a code and a sentence', async (_, plan) => {
  const { status, body } = await call('PUT', '/faults/f', plan);
  expect(status).toBe(400);
  expect(body).toMatchObject({
    error: { code: expect.stringMatching(/^WIRE_/), message: expect.any(String) },
  });
  expect(net.wire.register.list()).toEqual([]);
});

const links = JSON.stringify([{ name: 'gateway>litellm', listen: 0, target: 'litellm:4001' }]);

test('settings: defaults, and what is missing or wrong is named', () => {
  expect(readSettings({ WIRE_TOKEN: 't', WIRE_LINKS: links })).toEqual({
    host: '127.0.0.1',
    port: 9500,
    token: 't',
    links: [{ name: 'gateway>litellm', listen: 0, target: { host: 'litellm', port: 4001 } }],
    maxConnections: 1000,
    journalCapacity: 5000,
  });
  expect(readSettings({ WIRE_TOKEN: 't', WIRE_LINKS: '[]' }).links).toEqual([]);
  const unnamed = () => readSettings({ WIRE_LINKS: links }).token;
  expect(unnamed()).toMatch(/^[0-9a-f]{32}$/);
  expect(unnamed()).not.toBe(unnamed());
  expect(() => readSettings({ WIRE_TOKEN: 't' })).toThrow(/WIRE_LINKS/);
  expect(() => readSettings({ WIRE_TOKEN: 't', WIRE_LINKS: '{' })).toThrow(/JSON list/);
  expect(() => readSettings({ WIRE_TOKEN: 't', WIRE_LINKS: '[{"name":"a","target":"b"}]' })).toThrow(
    /target/,
  );
  expect(() => readSettings({ WIRE_TOKEN: 't', WIRE_LINKS: links, PORT: '-1' })).toThrow(/PORT/);
});
