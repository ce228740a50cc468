import { once } from 'node:events';
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readStat } from '../processes/process-table.ts';
import type { Worker } from '../processes/worker-register.ts';
import type { Scope } from '../scope.ts';
import { endToEnd, ForwardFront } from './forward-front.ts';

/** The test's own process stands for a worker that is alive. */
const worker: Worker = {
  pid: process.pid,
  parent: 1,
  service: 'subject',
  startTicks: readStat(process.pid)?.startTicks ?? 0,
  clusterWorker: false,
  index: 2,
};
const testOnLinux = process.platform === 'linux' ? test : test.skip;

let upstream: Server;
let proxy: Server;
let front: ForwardFront;
let opened: number;

/** A scope whose every worker is the upstream server of the test. */
const scope = {
  settings: { token: 'secret' },
  register: { find: () => worker },
  connect: async () => {
    opened += 1;
    const { port } = upstream.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    return { socket: socket.pause(), worker, inode: 0 };
  },
} as unknown as Scope;

beforeEach(async () => {
  opened = 0;
  upstream = createServer().listen(0, '127.0.0.1');
  front = new ForwardFront(scope);
  proxy = createServer((from, to) => void front.answer(from, to)).listen(0, '127.0.0.1');
  await Promise.all([upstream, proxy].map((server) => server.listening || once(server, 'listening')));
});

afterEach(async () => {
  front.close();
  for (const server of [upstream, proxy]) {
    server.close();
    server.closeAllConnections();
  }
});

const ask = (
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): ClientRequest =>
  request({
    port: (proxy.address() as AddressInfo).port,
    path: 'http://subject.w2:8000/path?query=1',
    ...options,
    headers: { host: 'subject.w2:8000', 'proxy-authorization': 'Bearer secret', ...options.headers },
  });
const answered = async (sent: ClientRequest) => (await once(sent, 'response'))[0] as IncomingMessage;
const onRequest = async () => (await once(upstream, 'request')) as [IncomingMessage, ServerResponse];

test('a request reaches the worker with its own headers and body, without those meant for the proxy', async () => {
  const sent = ask({ method: 'POST', headers: { 'x-own': 'yes', 'proxy-connection': 'keep-alive' } });
  sent.end('the body');
  const [received, response] = await onRequest();
  expect(received).toMatchObject({ method: 'POST', url: '/path?query=1' });
  expect(received.headers).toMatchObject({ 'x-own': 'yes', host: 'subject.w2:8000' });
  expect(Object.keys(received.headers).filter((name) => name.startsWith('proxy-'))).toEqual([]);
  expect(await text(received)).toBe('the body');
  response.writeHead(418, { 'x-answer': 'yes' }).end('short');
  const answer = await answered(sent);
  expect(answer.statusCode).toBe(418);
  expect(answer.headers).toMatchObject({
    'x-answer': 'yes',
    'x-gauntlet-worker': 'w2',
    'x-gauntlet-pid': String(process.pid),
  });
  expect(await text(answer)).toBe('short');
});

testOnLinux(
  'requests one after the other share a connection to a worker that lives (needs /proc)',
  async () => {
    upstream.on('request', (_received, response) => response.end('done'));
    for (const _round of [1, 2, 3]) {
      const sent = ask();
      sent.end();
      expect(await text(await answered(sent))).toBe('done');
    }
    expect(opened).toBe(1);
  },
);

test('a stream passes piece by piece', async () => {
  const sent = ask();
  sent.end();
  const [, response] = await onRequest();
  response.write('data: one\n\n');
  const pieces = (await answered(sent)).setEncoding('utf8')[Symbol.asyncIterator]();
  expect(await pieces.next()).toMatchObject({ value: 'data: one\n\n' });
  response.end('data: two\n\n');
  expect(await pieces.next()).toMatchObject({ value: 'data: two\n\n' });
  expect(await pieces.next()).toMatchObject({ done: true });
});

test('a worker that breaks off within its answer breaks it off for the client too', async () => {
  const sent = ask();
  sent.end();
  const [, response] = await onRequest();
  response.write('half of ');
  const answer = await answered(sent);
  const whole = text(answer);
  response.destroy();
  await expect(whole).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('a worker that breaks off before its answer is a coded error', async () => {
  const sent = ask();
  sent.end();
  const [received] = await onRequest();
  received.destroy();
  const answer = await answered(sent);
  expect(answer.statusCode).toBe(502);
  expect(JSON.parse(await text(answer))).toMatchObject({ error: { code: 'GNT_WORKER_BROKE_OFF' } });
});

test('a client that goes away takes its request to the worker with it', async () => {
  const sent = ask();
  sent.on('error', () => undefined).end();
  const [, response] = await onRequest();
  const gone = once(response, 'close');
  sent.destroy();
  await gone;
  expect(response.writableFinished).toBe(false);
});

test('a request without the token is refused and reaches nobody', async () => {
  const sent = ask({ headers: { 'proxy-authorization': 'Bearer wrong' } });
  sent.end();
  const answer = await answered(sent);
  expect(answer.statusCode).toBe(407);
  expect(answer.headers['proxy-authenticate']).toContain('Basic');
  expect(opened).toBe(0);
});

test('headers that Connection names end at the proxy, the length of the message never does', () => {
  const headers = ['Connection', 'close, X-Trace', 'X-Trace', '1', 'Accept', '*/*'];
  expect(endToEnd(headers)).toEqual(['Accept', '*/*']);
  expect(endToEnd(['connection', 'Content-Length', 'Content-Length', '2'])).toEqual(['Content-Length', '2']);
  expect(endToEnd(['a', '1', 'Connection', 'a', 'connection', 'B', 'b', '2', 'c', '3'])).toEqual(['c', '3']);
});
