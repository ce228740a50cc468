import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { joinSockets } from './tunnel.ts';

let servers: Server[] = [];
let client: Socket;
let worker: Socket;

const listen = async () => {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return server;
};
const connectTo = (server: Server) => {
  const { port } = server.address() as AddressInfo;
  return connect({ port, host: '127.0.0.1', allowHalfOpen: true });
};

beforeEach(async () => {
  const [front, back] = [await listen(), await listen()];
  const accepted = once(back, 'connection');
  const upstream = connectTo(back);
  front.on('connection', (socket) => joinSockets(socket, upstream, Buffer.from('head ')));
  client = connectTo(front);
  [worker] = (await accepted) as [Socket];
});

afterEach(async () => {
  client.destroy();
  worker.destroy();
  for (const server of servers.splice(0)) server.close();
  servers = [];
});

test('bytes pass both ways, what came ahead first, and the end of one direction leaves the other open', async () => {
  const payload = Buffer.alloc(300_000, 'x');
  client.end(payload);
  expect(Buffer.concat([Buffer.from('head '), payload]).equals(await buffer(worker))).toBe(true);
  worker.end('answer after the half-close');
  expect((await buffer(client)).toString()).toBe('answer after the half-close');
});

test('a reset by the worker reaches the client as a reset', async () => {
  const failed = once(client, 'error');
  worker.resetAndDestroy();
  expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
});

test('a reset by the client reaches the worker as a reset', async () => {
  const failed = once(worker, 'error');
  client.resetAndDestroy();
  expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
});
