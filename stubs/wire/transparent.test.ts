import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { openWire, request, TestWire } from './test-wire.ts';

let net: TestWire;
afterEach(() => net.close());

test('50 MB pass both ways at once, unchanged', async () => {
  const bytes = Buffer.alloc(50 * 1024 * 1024, randomBytes(1024 * 1024 + 7));
  const atTarget = Promise.withResolvers<boolean>();
  net = await TestWire.raw((socket) => {
    socket.end(bytes);
    void isStream(socket, bytes).then(atTarget.resolve);
  });
  const { socket } = net.connect();
  socket.removeAllListeners('data');
  socket.end(bytes);
  expect(await isStream(socket, bytes)).toBe(true);
  expect(await atTarget.promise).toBe(true);
  const [entry] = net.wire.journal.find({});
  expect(entry).toMatchObject({ bytesToTarget: bytes.length, bytesToClient: bytes.length });
});

test('a reader that does not read stops the writer instead of filling the wire', async () => {
  const total = 64;
  let taken = 0;
  net = await TestWire.raw((socket) => {
    const block = Buffer.alloc(1024 * 1024);
    for (let count = 0; count < total; count += 1)
      socket.write(block, () => {
        taken += 1;
      });
  });
  const client = net.connect();
  client.socket.pause();
  await stable(() => taken);
  expect(taken).toBeLessThan(total / 2);
  client.socket.resume();
  const more = (taken + 4) * 1024 * 1024;
  await client.until(({ length }) => length >= more);
});

test('a half-close passes: the answer comes after the end of the question, in both directions', async () => {
  net = await TestWire.raw((socket) => {
    socket.on('data', () => {});
    socket.on('end', () => socket.end('after your end'));
  });
  const client = net.connect();
  client.socket.end('question');
  await client.ended('fin');
  expect(client.text).toBe('after your end');
});

test('the end of the target leaves the other direction open', async () => {
  const got = Promise.withResolvers<string>();
  net = await TestWire.raw((socket) => {
    socket.end('bye');
    socket.once('data', (chunk) => got.resolve(chunk.toString()));
  });
  const client = net.connect();
  await client.ended('fin');
  client.socket.end('still here');
  expect(await got.promise).toBe('still here');
});

test('a reset by the target is a reset for the client, after the bytes before it', async () => {
  net = await TestWire.raw((socket) => {
    socket.once('data', () => socket.write('partial', () => socket.resetAndDestroy()));
  });
  const client = await net.connect().send('go').ended('reset');
  expect(client.code).toBe('ECONNRESET');
  expect(client.text).toBe('partial');
  expect(net.wire.journal.find({})[0]?.ended).toMatchObject({
    by: 'target',
    how: 'reset',
    code: 'ECONNRESET',
  });
});

test('a reset by the client is a reset for the target', async () => {
  const code = Promise.withResolvers<string | undefined>();
  net = await TestWire.raw((socket) => {
    socket.write('hello');
    socket.on('data', () => {});
    socket.on('error', (error: NodeJS.ErrnoException) => code.resolve(error.code));
  });
  const client = await net.connect().has('hello');
  client.socket.resetAndDestroy();
  expect(await code.promise).toBe('ECONNRESET');
});

test('after an upgrade bytes of any value pass both ways', async () => {
  const frames = Buffer.from(Array.from({ length: 4096 }, (_, index) => index % 256));
  net = await TestWire.raw((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n');
      socket.on('data', (chunk) => socket.write(chunk));
    });
  });
  const client = net.connect().send('GET /ws HTTP/1.1\r\nupgrade: websocket\r\n\r\n');
  await client.has('\r\n\r\n');
  const head = client.bytes.length;
  client.send(frames);
  await client.until(({ bytes }) => bytes.length === head + frames.length);
  expect(client.bytes.subarray(head)).toEqual(frames);
});

test('a fault armed for another operation changes no byte', async () => {
  const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello';
  net = await TestWire.raw((socket) => socket.on('data', () => socket.write(answer)));
  net.add('f', { match: { operation: 'other' }, effect: { kind: 'cut', afterBytes: 0, by: 'rst' } });
  const client = await net.connect().send(request('mine')).has('hello');
  expect(client.text).toBe(answer);
  expect(net.view('f')).toMatchObject({ state: 'armed', matched: 0, fired: 0 });
  expect(net.wire.journal.find({ operation: 'mine' })).toMatchObject([{ ordinal: 1, exchanges: 1 }]);
});

test('a target that cannot be reached is a reset for the client', async () => {
  net = await TestWire.raw(() => {});
  const wire = await openWire(1);
  try {
    const { port } = JSON.parse(JSON.stringify(wire.links.get('a>b'))) as { port: number };
    const client = await net.connect(port).ended('reset');
    expect(client.text).toBe('');
    expect(wire.journal.find({})[0]?.ended).toEqual({
      by: 'target',
      how: 'unreachable',
      code: 'ECONNREFUSED',
    });
  } finally {
    wire.close();
  }
});

test('more connections than allowed are reset, and counted', async () => {
  net = await TestWire.raw((socket) => socket.write('x'));
  const clients = Array.from({ length: 50 }, () => net.connect());
  await Promise.all(clients.map((client) => client.has('x')));
  await net.connect().ended('reset');
  expect(net.wire.links.get('a>b')?.toJSON()).toMatchObject({ open: 50, accepted: 50, dropped: 1 });
});

/** Whether the stream is exactly these bytes. */
async function isStream(socket: Socket, bytes: Buffer): Promise<boolean> {
  let at = 0;
  let same = true;
  socket.on('data', (chunk) => {
    same &&= chunk.equals(bytes.subarray(at, at + chunk.length));
    at += chunk.length;
  });
  await once(socket, 'end');
  return same && at === bytes.length;
}

/** Resolves when a figure has not moved over a few turns. */
async function stable(figure: () => number): Promise<void> {
  const limit = Date.now() + 3_000;
  for (let last = -1, same = 0; same < 5; ) {
    if (Date.now() > limit) throw new Error('The figure does not come to rest.');
    same = figure() === last && last > 0 ? same + 1 : 0;
    last = figure();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
