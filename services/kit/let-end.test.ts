import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Agent, request } from 'undici';
import { letEnd } from './let-end.ts';

let server: Server;
let agent: Agent;
let connections = 0;

beforeEach(async () => {
  connections = 0;
  agent = new Agent({ connections: 1 });
  server = createServer().listen(0, '127.0.0.1');
  server.on('connection', () => {
    connections += 1;
  });
  await once(server, 'listening');
});

afterEach(async () => {
  await agent.destroy();
  server.close().closeAllConnections();
});

async function ask() {
  const asked = once(server, 'request');
  const answered = request(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    dispatcher: agent,
  });
  const [, response] = (await asked) as [unknown, ServerResponse];
  response.flushHeaders();
  return { response, body: (await answered).body };
}

/** Reads what the server writes, and no further: the end is still to come. */
async function readOf(body: Awaited<ReturnType<typeof ask>>['body'], bytes: number) {
  let read = 0;
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    read += (chunk as Buffer).length;
    if (read >= bytes) break;
  }
}

test('however long the answer was, its late end is awaited and its connection used again', async () => {
  const { response, body } = await ask();
  response.write(Buffer.alloc(300_000));
  await readOf(body, 300_000);
  letEnd(body);
  response.end();
  await once(body, 'close');
  expect(response.writableFinished).toBe(true);
  const next = await ask();
  expect(connections).toBe(1);
  next.response.end();
  await next.body.dump();
});

test('an upstream that goes on and on is given up', async () => {
  const { response, body } = await ask();
  response.write('x');
  await readOf(body, 1);
  letEnd(body);
  response.write(Buffer.alloc(300_000));
  await once(response, 'close');
  expect(response.writableFinished).toBe(false);
  expect(body.destroyed).toBe(true);
});
