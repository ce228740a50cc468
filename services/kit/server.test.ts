import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { buildServer } from './server.ts';

test('a request that reaches a draining worker over an open connection is answered, and ends it', async () => {
  const draining = new AbortController();
  const app = buildServer({ log: pino({ level: 'silent' }), draining: draining.signal });
  app.get('/thing', async () => ({ fine: true }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const client = connect({ port: (app.server.address() as AddressInfo).port, host: '127.0.0.1' });
  await once(app.server, 'connection');

  draining.abort();
  const closed = app.close();
  while (app.server.listening) await new Promise(setImmediate);
  client.write('GET /thing HTTP/1.1\r\nhost: a\r\nx-request-id: mine\r\n\r\n');
  const answer = (await text(client)).toLowerCase();
  await closed;

  expect(answer).toMatch(/^http\/1\.1 200 /);
  expect(answer).toContain('x-request-id: mine');
  expect(answer).toContain('connection: close');
  expect(answer).toContain('{"fine":true}');
});

test('a client that sends too much reads so, and its connection stays usable', async () => {
  const app = buildServer({ log: pino({ level: 'silent' }), draining: new AbortController().signal });
  app.post('/thing', async () => ({ fine: true }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const client = connect({ port: (app.server.address() as AddressInfo).port, host: '127.0.0.1' });
  const post = (length: number) =>
    `POST /thing HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
  const tooMuch = Buffer.alloc(11 * 1024 * 1024, 32);
  client.write(post(tooMuch.length));
  client.write(tooMuch);
  client.write(`${post(2)}{}`);
  let answers = '';
  try {
    for await (const part of client) {
      answers += part;
      if (answers.includes('{"fine":true}')) break;
    }
  } finally {
    client.destroy();
    await app.close();
  }
  expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
});
