import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { Agent } from 'undici';
import { post } from './post.ts';

const dispatcher = new Agent({ connections: 1 });
let server: Server | undefined;
let address = '';

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => server?.close(done) ?? done(undefined));
  server = undefined;
});
afterAll(() => dispatcher.destroy());

async function postTo(answer: RequestListener, signal = new AbortController().signal) {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((done) => started.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(started.address() as AddressInfo).port}/some/path?q=1`;
  return again(signal);
}

function again(signal = new AbortController().signal) {
  const headers = { 'content-type': 'text/plain' };
  return post(dispatcher, { url: address, headers, body: 'grüße' }, signal);
}

test('the request arrives whole, and so do status, headers and body of the answer', async () => {
  const { statusCode, headers, body } = await postTo(async (request, response) => {
    let seen = `${request.method} ${request.url} ${request.headers['content-type']} `;
    for await (const part of request) seen += part;
    response.writeHead(429, { 'retry-after': '3' });
    response.write(seen);
    response.end(' end');
  });
  expect(statusCode).toBe(429);
  expect(headers['retry-after']).toBe('3');
  expect((await body.bytes(1_000)).toString()).toBe('POST /some/path?q=1 text/plain grüße end');
});

test('pieces come as they are sent, before the body is whole', async () => {
  let more: () => void = () => undefined;
  const { body } = await postTo((_, response) => {
    response.write('one');
    more = () => response.end('two');
  });
  expect(String((await body.next()).value)).toBe('one');
  more();
  expect(String((await body.next()).value)).toBe('two');
  expect((await body.next()).done).toBe(true);
});

test('a body that breaks off gives what came, then the error', async () => {
  const { body } = await postTo((_, response) => {
    response.write('half', () => response.destroy());
  });
  expect(String((await body.next()).value)).toBe('half');
  await expect(body.next()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
});

test('a body over the bound is hung up on', async () => {
  const hungUp = Promise.withResolvers<void>();
  const { body } = await postTo((_, response) => {
    response.on('close', () => hungUp.resolve());
    response.write('x'.repeat(2_000));
  });
  await expect(body.bytes(1_000)).rejects.toMatchObject({ code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' });
  await hungUp.promise;
});

test.each(['before the status', 'in the body'])(
  'an abort %s hangs up and throws its reason',
  async (when) => {
    const controller = new AbortController();
    const hungUp = Promise.withResolvers<void>();
    const reason = new Error('enough');
    const answering = postTo((_, response) => {
      response.on('close', () => hungUp.resolve());
      if (when === 'in the body') response.write('x');
      else controller.abort(reason);
    }, controller.signal);
    const reading = (async () => {
      const { body } = await answering;
      for await (const _ of body) controller.abort(reason);
    })();
    await expect(reading).rejects.toBe(reason);
    await hungUp.promise;
  },
);

test('a signal that was aborted before sends nothing', async () => {
  let requests = 0;
  const reason = new Error('enough');
  const count: RequestListener = () => {
    requests += 1;
  };
  await expect(postTo(count, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(requests).toBe(0);
});

test('a body that is let end keeps its connection for the next request', async () => {
  const ports: (number | undefined)[] = [];
  const { body } = await postTo((request, response) => {
    ports.push(request.socket.remotePort);
    response.write('all that matters');
    setImmediate(() => response.end('a late rest'));
  });
  await body.next();
  body.letEnd();
  // The one connection to this address is free only when the first answer has ended or was hung up on.
  const second = await again();
  expect(String((await second.body.next()).value)).toBe('all that matters');
  expect(ports[1]).toBe(ports[0]);
});

test('a body that is let end and does not is hung up on', async () => {
  const hungUp = Promise.withResolvers<void>();
  const { body } = await postTo((_, response) => {
    response.on('close', () => hungUp.resolve());
    response.write('all that matters');
  });
  await body.next();
  body.letEnd();
  await hungUp.promise;
});
