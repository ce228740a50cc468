import { afterEach, expect, test } from '@jest/globals';
import { request, TestWire } from './test-wire.ts';

let net: TestWire;
afterEach(() => net.close());

/** Answers the n-th request of a connection with `<n>`, padded to the same length. */
function counting(): Promise<TestWire> {
  return TestWire.raw((socket) => {
    let count = 0;
    socket.on('data', (chunk) => {
      for (const _ of chunk.toString().matchAll(/"}]}/g)) {
        count += 1;
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n<${count}>`);
      }
    });
  });
}

const cut = { kind: 'cut', afterBytes: 1, of: 'body', by: 'fin' } as const;

test('on a kept connection only the exchange with the operation is hit, not the one before or after', async () => {
  net = await counting();
  net.add('f', { match: { operation: 'b' }, effect: { kind: 'slice', bytes: 5 } });
  const client = net.connect();
  for (const [index, operation] of ['a', 'b', 'c'].entries())
    await client.send(request(operation)).has(`<${index + 1}>`);
  expect(await net.fired('f', 'over')).toMatchObject({
    matched: 1,
    fired: 1,
    hits: [{ connection: 1, exchange: 2 }],
  });
  const { bytesPassed } = net.view('f');
  expect(bytesPassed).toBe('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n<2>'.length);
});

test('pipelined exchanges: the second is cut in its own body', async () => {
  net = await counting();
  net.add('f', { match: { operation: 'b' }, effect: cut });
  const client = await net
    .connect()
    .send(request('a') + request('b') + request('c'))
    .ended('fin');
  expect(client.text).toContain('<1>');
  expect(client.text.endsWith('\r\n\r\n<')).toBe(true);
});

test('an id split over packets is found', async () => {
  net = await counting();
  net.add('f', { match: { operation: 'split-id' }, effect: cut });
  const client = net.connect();
  const text = request('split-id');
  const at = text.indexOf('split') + 3;
  client.send(text.slice(0, at));
  await net.connect().send(request('other')).has('<1>');
  client.send(text.slice(at));
  await client.ended('fin');
  expect(await net.fired('f')).toMatchObject({ connection: 1 });
});

test('an id that only begins alike is another', async () => {
  net = await counting();
  net.add('f', { match: { operation: 'ab' }, effect: cut });
  const client = net.connect();
  await client.send(request('abc')).has('<1>');
  expect(net.view('f')).toMatchObject({ matched: 0 });
});

test('the last id of a request counts, since a chat repeats its earlier messages', async () => {
  net = await counting();
  net.add('f', { match: { operation: 'old' }, effect: cut });
  net.add('g', { match: { operation: 'new' }, effect: cut });
  await net.connect().send(request('old', ' and then [[op=new]]')).ended('fin');
  expect(net.view('f')).toMatchObject({ matched: 0 });
  expect(net.view('g')).toMatchObject({ fired: 1 });
});

test('a fault fires once, then a retry passes', async () => {
  net = await counting();
  net.add('f', { match: { operation: 'x' }, effect: cut });
  await net.connect().send(request('x')).ended('fin');
  await net.connect().send(request('x')).has('<1>');
  expect(net.view('f')).toMatchObject({ state: 'over', fired: 1, matched: 1 });
});

test('times: n fires n times', async () => {
  net = await counting();
  net.add('f', { match: { operation: 'x' }, effect: cut, times: 2 });
  await net.connect().send(request('x')).ended('fin');
  await net.connect().send(request('x')).ended('fin');
  await net.connect().send(request('x')).has('<1>');
  expect(net.view('f')).toMatchObject({ fired: 2, hits: [{ connection: 1 }, { connection: 2 }] });
});

test('occurrence: the n-th exchange with the operation is hit', async () => {
  net = await counting();
  net.add('f', { match: { operation: 'x', occurrence: 2 }, effect: cut });
  const client = await net.connect().send(request('x')).has('<1>');
  await client.send(request('x')).ended('fin');
  expect(client.text.endsWith('<')).toBe(true);
});

test('of two faults for one operation the older takes the first exchange', async () => {
  net = await counting();
  net.add('f', { match: { operation: 'x' }, effect: cut });
  net.add('g', { match: { operation: 'x' }, effect: { ...cut, by: 'rst' } });
  await net.connect().send(request('x')).ended('fin');
  await net.connect().send(request('x')).ended('reset');
});

test('by ordinal: the n-th connection since the link opened', async () => {
  net = await counting();
  net.add('f', { match: { ordinal: 2 }, effect: cut });
  await net.connect().send(request('x')).has('<1>');
  await net.connect().send(request('x')).ended('fin');
  await net.connect().send(request('x')).has('<1>');
  expect(net.view('f')).toMatchObject({ fired: 1, connection: 2 });
});

test('by connection: the n-th after the fault was added', async () => {
  net = await counting();
  await net.connect().send(request('x')).has('<1>');
  net.add('f', { match: { connection: 1 }, effect: cut });
  await net.connect().send(request('x')).ended('fin');
  expect(await net.fired('f')).toMatchObject({ connection: 2 });
});

test('a connection that is over cannot be hit any more', async () => {
  net = await counting();
  await net.connect().send(request('x')).has('<1>');
  expect(() => net.add('f', { match: { ordinal: 1 }, effect: cut })).toThrow(/number 1 will not come/);
});

test('a fault that nothing meets expires', async () => {
  net = await counting();
  net.add('f', { match: { operation: 'x' }, effect: cut, expiresAfterMs: 20 });
  expect(await net.fired('f', 'over')).toMatchObject({ state: 'expired', fired: 0 });
  await net.connect().send(request('x')).has('<1>');
});

test('other protocols: an exchange is a turn', async () => {
  net = await TestWire.raw((socket) => {
    socket.on('data', (chunk) => socket.write(Buffer.concat([Buffer.from([0]), chunk])));
  });
  net.add('f', { match: { operation: 'b' }, effect: { kind: 'cut', afterBytes: 3, by: 'fin' } });
  const client = net.connect();
  await client.send('\u0000 op=a ;').has('op=a');
  await client.send('\u0000 op=b ;').ended('fin');
  expect(client.bytes.subarray(-3)).toEqual(Buffer.from([0, 0, 32]));
  expect(await net.fired('f')).toMatchObject({ hits: [{ exchange: 2 }] });
});

test('refuse by reset or FIN: the n-th connection never reaches the target', async () => {
  net = await counting();
  net.add('f', { match: { ordinal: 1 }, effect: { kind: 'refuse' } });
  net.add('g', { match: { ordinal: 2 }, effect: { kind: 'refuse', by: 'fin' } });
  const reset = net.connect();
  await reset.until(({ end }) => end !== 'none');
  expect(reset.end).toBe('reset');
  const finished = await net.connect().ended('fin');
  expect(reset.text + finished.text).toBe('');
  await net.connect().send(request('x')).has('<1>');
  expect(net.wire.journal.find({}).map(({ ended }) => ended?.how)).toEqual(['refused', 'refused', undefined]);
});

test('refuse by operation: the connection is reset before the request is complete', async () => {
  net = await counting();
  net.add('f', { match: { operation: 'x' }, effect: { kind: 'refuse' } });
  const client = net.connect();
  await client.send(request('w')).has('<1>');
  await client.send(request('x')).ended('reset');
  expect(client.text).not.toContain('<2>');
});

test('refuse by a closed listener: connecting fails until the fault reverts', async () => {
  net = await counting();
  const kept = net.connect();
  await kept.send(request('x')).has('<1>');
  net.add('f', { match: { connection: 1 }, effect: { kind: 'refuse', by: 'listener' }, revertAfterMs: 60 });
  const refused = await net.connect().ended('reset');
  expect(refused.code).toBe('ECONNREFUSED');
  await kept.send(request('x')).has('<2>');
  expect(await net.fired('f', 'over')).toMatchObject({ fired: 1 });
  await net.listening();
  await net.connect().send(request('x')).has('<1>');
});

test('half-open from the start: the client connects and waits, the target never hears of it', async () => {
  net = await counting();
  net.add('f', { match: { ordinal: 1 }, effect: { kind: 'half-open' }, revertAfterMs: 40 });
  const client = await net.connect().send(request('x')).ended('reset');
  expect(client.text).toBe('');
  expect(net.wire.journal.find({})[0]).toMatchObject({
    bytesToTarget: 0,
    ended: { how: 'half-open', fault: 'f' },
  });
});

const whole = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone';

test('the connection that carries an operation is told by its near end at the target, when it has come', async () => {
  const peers: number[] = [];
  net = await TestWire.raw((socket) => {
    peers.push(socket.remotePort ?? 0);
    socket.on('data', () => socket.write(whole));
  });
  const { journal } = net.wire;
  const soon = journal.carrier({ link: 'a>b', operation: 'x' }, AbortSignal.timeout(2_000));
  await net.connect().send(request('other')).has(whole);
  await net.connect().send(request('x')).has(whole);
  const found = await soon;
  expect(found?.upstream).toEqual({ address: '127.0.0.1', port: peers[1] });
  expect(found?.ordinal).toBe(2);
  expect(
    await journal.carrier({ link: 'a>b', operation: 'nobody' }, AbortSignal.timeout(20)),
  ).toBeUndefined();
});

test('of two connections that carried an operation the later one is told', async () => {
  net = await TestWire.raw((socket) => socket.on('data', () => socket.write(whole)));
  const { journal } = net.wire;
  const carrier = { link: 'a>b', operation: 'x' };
  await net.connect().send(request('x')).has(whole);
  const second = journal.carrier({ ...carrier, not: 1 }, AbortSignal.timeout(2_000));
  await net.connect().send(request('x')).has(whole);
  expect((await journal.carrier(carrier, AbortSignal.timeout(20)))?.ordinal).toBe(2);
  expect((await second)?.ordinal).toBe(2);
});
