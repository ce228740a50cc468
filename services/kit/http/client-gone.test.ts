import { once } from 'node:events';
import { createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { clientGone } from './client-gone.ts';

let server: Server;
afterEach(() => server.close().closeAllConnections());

/** The server's side of one request, whose client can leave. */
async function exchange() {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  client.on('error', () => undefined).end();
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  return { client, response };
}

test('a client that goes in the middle aborts the signal', async () => {
  const { client, response } = await exchange();
  const signal = clientGone(response);
  expect(signal.aborted).toBe(false);
  client.destroy();
  await once(signal, 'abort');
  expect(signal.reason).toMatchObject({ name: 'AbortError' });
});

test('a client that went before anybody asked has gone all the same', async () => {
  const { client, response } = await exchange();
  client.destroy();
  await once(response, 'close');
  expect(clientGone(response).aborted).toBe(true);
});

test('a client that closes after the whole answer has not gone', async () => {
  const { client, response } = await exchange();
  const signal = clientGone(response);
  const answered = once(client, 'response');
  response.end('all');
  const [answer] = await answered;
  answer.resume();
  await once(answer, 'end');
  client.destroy();
  if (!response.closed) await once(response, 'close');
  expect([signal.aborted, clientGone(response).aborted]).toEqual([false, false]);
});
