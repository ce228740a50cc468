import type { Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { decodeChunks, frame, streams } from './test-target.ts';
import { closed, request, TestWire } from './test-wire.ts';

let net: TestWire;
afterEach(() => net.close());

const words = ['one', 'two', 'three'];
const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789';
const bodyAt = answer.length - 10;

/** A target that gives the same answer to every request and remembers its connections. */
function answering(sockets: Socket[] = []): Promise<TestWire> {
  return TestWire.raw((socket) => {
    sockets.push(socket);
    socket.on('data', () => socket.write(answer));
  });
}

test('cut after a byte by FIN: the client gets so many bytes and an end, the target a reset', async () => {
  const sockets: Socket[] = [];
  net = await answering(sockets);
  net.add('f', { match: { operation: 'x' }, effect: { kind: 'cut', afterBytes: bodyAt + 4, by: 'fin' } });
  const client = await net.connect().send(request('x')).ended('fin');
  expect(client.text).toBe(answer.slice(0, bodyAt + 4));
  await closed(sockets[0]);
  expect(await net.fired('f')).toMatchObject({
    fired: 1,
    connection: 1,
    bytesPassed: bodyAt + 4,
    hits: [{ connection: 1, exchange: 1, operation: 'x' }],
  });
  expect(net.wire.journal.find({})[0]?.ended).toEqual({ by: 'fault', how: 'fin', fault: 'f' });
});

test('cut after a byte of the body by RST', async () => {
  net = await answering();
  const effect = { kind: 'cut', afterBytes: 3, of: 'body', by: 'rst' } as const;
  net.add('f', { match: { operation: 'x' }, effect });
  const client = await net.connect().send(request('x')).ended('reset');
  expect(client.code).toBe('ECONNRESET');
  expect(client.text).toBe(answer.slice(0, bodyAt + 3));
});

test('cut at byte 0 lets nothing through', async () => {
  net = await answering();
  net.add('f', { match: { operation: 'x' }, effect: { kind: 'cut', afterBytes: 0, by: 'fin' } });
  const client = await net.connect().send(request('x')).ended('fin');
  expect(client.text).toBe('');
});

test('cut by silence: no more bytes and no end, until the fault reverts', async () => {
  net = await answering();
  const effect = { kind: 'cut', afterBytes: bodyAt, by: 'silence' } as const;
  net.add('f', { match: { operation: 'x' }, effect, revertAfterMs: 80 });
  const client = await net.connect().send(request('x')).has('\r\n\r\n');
  await client.ended('reset');
  expect(client.text).toBe(answer.slice(0, bodyAt));
  expect(await net.fired('f', 'over')).toMatchObject({ state: 'over', fired: 1 });
  expect(net.lastedMs('f')).toBeGreaterThan(40);
});

test('a silent connection still tells the target that its client went', async () => {
  const sockets: Socket[] = [];
  net = await answering(sockets);
  net.add('f', { match: { operation: 'x' }, effect: { kind: 'cut', afterBytes: 1, by: 'silence' } });
  const client = net.connect().send(request('x'));
  await net.fired('f');
  client.socket.resetAndDestroy();
  await closed(sockets[0]);
  expect(await net.fired('f', 'over')).toMatchObject({ state: 'over' });
});

test('removing a fault frees what it holds', async () => {
  net = await answering();
  net.add('f', { match: { operation: 'x' }, effect: { kind: 'cut', afterBytes: 1, by: 'silence' } });
  const client = net.connect().send(request('x'));
  await net.fired('f');
  net.wire.register.remove('f');
  await client.ended('reset');
});

test('cut after frame k counts frames with data; comments pass', async () => {
  net = await TestWire.http(streams(words, ': ping\n\n'));
  net.add('f', { match: { operation: 'x' }, effect: { kind: 'cut', afterFrames: 2, by: 'fin' } });
  const client = await net.connect().send(request('x')).ended('fin');
  expect(decodeChunks(client.bytes)).toEqual({
    body: `: ping\n\n${frame('one')}${frame('two')}`,
    complete: false,
  });
  expect(await net.fired('f')).toMatchObject({ framesPassed: 2 });
});

test('cut after frame 0 lets only the head through', async () => {
  net = await TestWire.http(streams(words));
  net.add('f', { match: { operation: 'x' }, effect: { kind: 'cut', afterFrames: 0, by: 'rst' } });
  const client = await net.connect().send(request('x')).ended('reset');
  expect(client.text).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n$/s);
});

test('cut by end: the body ends properly, though too early', async () => {
  net = await TestWire.http(streams(words));
  net.add('f', { match: { operation: 'x' }, effect: { kind: 'cut', afterFrames: 1, by: 'end' } });
  const client = await net.connect().send(request('x')).ended('fin');
  expect(decodeChunks(client.bytes)).toEqual({ body: frame('one'), complete: true });
  expect(client.text).toMatch(/^HTTP\/1\.1 200 OK\r\nConnection: close\r\n/);
  expect(client.text).not.toMatch(/keep-alive/i);
});

test('cut inside a UTF-8 character of a frame', async () => {
  net = await TestWire.http(streams(['a', 'plain', 'héllo']));
  net.add('f', { match: { operation: 'x' }, effect: { kind: 'cut-in-character', frame: 2, by: 'fin' } });
  const client = await net.connect().send(request('x')).ended('fin');
  const rest = client.bytes.subarray(client.bytes.lastIndexOf('data: '));
  // A chunk of its own ends with CRLF, so it is the third byte from the end.
  expect(rest).toEqual(Buffer.from('data: {"text":"h\xc3\r\n', 'latin1'));
  expect(await net.fired('f')).toMatchObject({ framesPassed: 2 });
});

test('cut inside the next UTF-8 character after a byte', async () => {
  const body = 'aé–é';
  net = await TestWire.raw((socket) => {
    const length = Buffer.byteLength(body);
    socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n${body}`));
  });
  const at = 'HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n'.length;
  const effect = { kind: 'cut-in-character', afterBytes: at + 2, by: 'rst' } as const;
  net.add('f', { match: { operation: 'x' }, effect });
  const client = await net.connect().send(request('x')).ended('reset');
  expect(client.bytes.subarray(at)).toEqual(Buffer.from('aé–').subarray(0, 4));
});

test('cut of a request: the target gets so many bytes after the operation id and an end', async () => {
  const got: Buffer[] = [];
  const ended = Promise.withResolvers<void>();
  net = await TestWire.raw((socket) => {
    socket.on('data', (chunk) => got.push(chunk));
    socket.on('end', () => ended.resolve());
  });
  const effect = { kind: 'cut', afterBytes: 2, by: 'fin' } as const;
  net.add('f', { match: { operation: 'x' }, direction: 'request', effect });
  const client = await net.connect().send(request('x', 'never seen')).ended('reset');
  await ended.promise;
  const text = Buffer.concat(got).toString();
  expect(text.endsWith('[[op=x]]')).toBe(true);
  expect(client.text).toBe('');
});

test('half-open: the target is cut off, the client waits until the fault reverts', async () => {
  const sockets: Socket[] = [];
  net = await answering(sockets);
  net.add('f', { match: { operation: 'x' }, effect: { kind: 'half-open' }, revertAfterMs: 100 });
  const client = net.connect().send(request('x'));
  await net.fired('f');
  await closed(sockets[0]);
  client.send('into the void');
  await client.ended('reset');
  expect(client.text).toBe('');
  expect(net.lastedMs('f')).toBeGreaterThan(50);
});

test('half-open after frames: the stream stands still and the target is gone', async () => {
  net = await TestWire.http(streams(words));
  net.add('f', {
    match: { operation: 'x' },
    effect: { kind: 'half-open', afterFrames: 1 },
    revertAfterMs: 60,
  });
  const client = net.connect().send(request('x'));
  expect(await net.fired('f')).toMatchObject({ framesPassed: 1 });
  await client.ended('reset');
  expect(decodeChunks(client.bytes).body).toBe(frame('one'));
});
