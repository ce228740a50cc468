import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Worker } from '../processes/worker-register.ts';
import { IdleConnections, type OwnedConnection } from './idle-connections.ts';

const worker = (pid: number): Worker => ({
  pid,
  parent: 1,
  service: 'subject',
  startTicks: 1,
  clusterWorker: false,
  index: 1,
});
const [first, second] = [worker(2_000_000_001), worker(2_000_000_002)];

let server: Server;
const ofServer: Socket[] = [];

beforeEach(async () => {
  server = createServer((socket) => ofServer.push(socket.on('error', () => undefined))).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
});

afterEach(() => {
  server.close();
  for (const socket of ofServer.splice(0)) socket.destroy();
});

/** A connection owned by the worker, and the server's end of it. */
async function open(owner: Worker): Promise<readonly [OwnedConnection, Socket]> {
  const accepted = once(server, 'connection');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  const [serverEnd] = (await accepted) as [Socket];
  return [{ socket, worker: owner, inode: 1 }, serverEnd];
}

test('a connection is given back once, to whom wants its worker', async () => {
  const idle = new IdleConnections();
  const [connection] = await open(first);
  idle.add(connection);
  expect(idle.take(second)).toBeUndefined();
  expect(idle.take(first)).toEqual(connection);
  expect(idle.take(first)).toBeUndefined();
  connection.socket.destroy();
});

test('a connection that was given back still carries what the server sends', async () => {
  const idle = new IdleConnections();
  const [connection, serverEnd] = await open(first);
  idle.add(connection);
  const taken = idle.take(first);
  serverEnd.end('hello');
  expect(String((await once(taken?.socket.resume() as Socket, 'data'))[0])).toBe('hello');
  taken?.socket.destroy();
});

test.each([
  ['ends', (socket: Socket) => socket.end()],
  ['resets', (socket: Socket) => socket.resetAndDestroy()],
  ['speaks on', (socket: Socket) => socket.write('HTTP/1.1 408 Request Timeout\r\n\r\n')],
])('a connection that the server %s is dropped', async (_how, act) => {
  const idle = new IdleConnections();
  const [connection, serverEnd] = await open(first);
  connection.socket.on('error', () => undefined);
  idle.add(connection);
  const closed = new Promise((resolve) => connection.socket.on('close', resolve));
  act(serverEnd);
  await closed;
  expect(idle.take(first)).toBeUndefined();
});

test('a connection is dropped when it is too old', async () => {
  const idle = new IdleConnections({ maxAgeMs: 20, maxPerWorker: 4 });
  const [connection] = await open(first);
  idle.add(connection);
  await once(connection.socket, 'close');
  expect(idle.size).toBe(0);
});

test('no more are kept for a worker than allowed', async () => {
  const idle = new IdleConnections({ maxAgeMs: 2000, maxPerWorker: 1 });
  const [[kept], [surplus], [others]] = [await open(first), await open(first), await open(second)];
  for (const connection of [kept, surplus, others]) idle.add(connection);
  expect(idle.size).toBe(2);
  expect(surplus.socket.destroyed).toBe(true);
  idle.clear();
  expect(kept.socket.destroyed).toBe(true);
});
