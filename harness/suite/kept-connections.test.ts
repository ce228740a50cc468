import { once } from 'node:events';
import { createServer, globalAgent, request, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { endKeptConnections } from './kept-connections.ts';

let server: Server;
beforeAll(async () => {
  server = createServer((_request, response) => response.end('ok'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

/** Reads an answer and tells over which connection it came, once the agent has that back. */
async function ask(): Promise<Socket> {
  const asked = request({ port: (server.address() as AddressInfo).port, agent: globalAgent }).end();
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
