import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, createServer as listen, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { endKeptConnections, keepConnectionsBriefly } from './kept-connections.ts';

let server: Server;
beforeAll(async () => {
  server = createServer((_request, response) => response.end('ok'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

const portOf = (one: { address(): unknown }) => (one.address() as AddressInfo).port;

/** Reads an answer and tells over which connection it came, once the agent has that back. */
async function ask(port = portOf(server)): Promise<Socket> {
  const asked = request({ port }).end();
  const [socket] = await once(asked, 'socket');
  const free = once(socket, 'free');
  const [response] = await once(asked, 'response');
  response.resume();
  await free;
  return socket as Socket;
}

test('a test file leaves no connection behind, with what its clients have put on it', async () => {
  const first = await ask();
  expect(await ask()).toBe(first);
  endKeptConnections();
  expect(first.destroyed).toBe(true);
  expect(await ask()).not.toBe(first);
  endKeptConnections();
});

test('a free connection is closed by the client, before a server that keeps it for 5 s', async () => {
  keepConnectionsBriefly();

  const { promise: closedBy, resolve } = Promise.withResolvers<string>();
  const silent = listen((socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
    socket.once('end', () => resolve('client'));
    socket.setTimeout(5_000, () => {
      resolve('server');
      socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  await ask(portOf(silent));
  expect(await closedBy).toBe('client');
  silent.close();
});
