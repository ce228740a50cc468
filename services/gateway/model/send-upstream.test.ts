import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { Dispatcher } from 'undici';
import { createUpstreamAgent } from '../upstream/upstream-agent.ts';
import { failedAttempt } from './attempt-failure.ts';
import { type SendOptions, sendUpstream } from './send-upstream.ts';

let server: (Server & { closeAllConnections?(): void }) | undefined;
let dispatcher: Dispatcher | undefined;

afterEach(async () => {
  await dispatcher?.destroy();
  server?.closeAllConnections?.();
  await new Promise((done) => server?.close(done) ?? done(undefined));
});

async function portOf(one: Server): Promise<number> {
  server = one;
  await new Promise<void>((done) => one.listen(0, '127.0.0.1', done));
  return (one.address() as AddressInfo).port;
}

const longMs = 20_000;

function send(url: string, bounds: Partial<SendOptions['bounds']> = {}, connectMs = longMs) {
  dispatcher = createUpstreamAgent(connectMs, longMs);
  return sendUpstream(
    { upstream: 'one', url, headers: { accept: 'text/event-stream' }, body: '{}' },
    {
      dispatcher,
      signal: new AbortController().signal,
      bounds: { firstByteMs: longMs, idleMs: longMs, totalMs: longMs, ...bounds },
    },
  );
}

async function sendTo(answer: RequestListener, bounds: Partial<SendOptions['bounds']> = {}) {
  return send(`http://127.0.0.1:${await portOf(createServer(answer))}/v1`, bounds);
}

/** The code of what a request, or the reading of its answer, fails with. */
const codeOf = (failing: Promise<unknown>) =>
  failing.then(
    () => 'no failure',
    (cause) => {
      const { statusCode, body } = failedAttempt(cause, 'one').error;
      return `${statusCode} ${body.error.code}`;
    },
  );

const begin: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('data: 1\n\n');
};

test('a connection that is not made in time has a code of its own', async () => {
  // It accepts and never answers the TLS handshake.
  const accepted: Socket[] = [];
  const port = await portOf(createTcpServer((socket) => accepted.push(socket)));
  expect(await codeOf(send(`https://127.0.0.1:${port}/v1`, {}, 100))).toBe('504 upstream_connect_timeout');
  for (const socket of accepted) socket.destroy();
});

test('an upstream that does not begin to answer in time has a code of its own', async () => {
  expect(await codeOf(sendTo(() => undefined, { firstByteMs: 100 }))).toBe('504 upstream_first_byte_timeout');
});

test('an upstream that has not even begun when the whole time is over is told so', async () => {
  expect(await codeOf(sendTo(() => undefined, { totalMs: 100 }))).toBe('504 upstream_total_timeout');
});

test('an upstream that falls silent has a code of its own', async () => {
  const body = await sendTo(begin, { idleMs: 100 });
  expect(await codeOf(body.text(1_000))).toBe('504 upstream_idle_timeout');
});

test('an answer without end has a code of its own, and its upstream is hung up on', async () => {
  const hungUp = Promise.withResolvers<void>();
  const body = await sendTo(
    (request, response) => {
      begin(request, response);
      const more = setInterval(() => response.write('data: 2\n\n'), 10);
      response.on('close', () => {
        clearInterval(more);
        hungUp.resolve();
      });
    },
    { totalMs: 150, idleMs: 10_000 },
  );
  expect(await codeOf(body.text(1_000_000))).toBe('504 upstream_total_timeout');
  await hungUp.promise;
});

test('the time for silence does not run while the reader holds the body back', async () => {
  const block = Buffer.alloc(64 * 1024, 'x');
  let produced = 0;
  const full = Promise.withResolvers<void>();
  const body = await sendTo(
    (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const more = () => {
        while (produced < 512) {
          produced += 1;
          if (!response.write(block)) {
            response.once('drain', more);
            setTimeout(full.resolve, 400);
            return;
          }
        }
        response.end();
      };
      more();
    },
    { idleMs: 100 },
  );
  await full.promise;
  // Held back: most of the 32 MB is not made yet.
  expect(produced).toBeLessThan(500);
  let bytes = 0;
  for await (const piece of body) bytes += piece.length;
  expect(bytes).toBe(512 * block.length);
}, 20_000);

test('a redirect is a failure and is not followed', async () => {
  const paths: (string | undefined)[] = [];
  const answer: RequestListener = (request, response) => {
    paths.push(request.url);
    response.writeHead(307, { location: '/elsewhere' }).end();
  };
  expect(await codeOf(sendTo(answer))).toBe('502 upstream_error');
  expect(paths).toEqual(['/v1']);
});
