import { afterEach, expect, test } from '@jest/globals';
import { Conversation } from './conversation.ts';
import type { Step } from './effects/effect.ts';
import { effectOf } from './effects/effect-of.ts';
import type { EffectPlan } from './fault-plan.ts';
import { frame, streams } from './test-target.ts';
import { request, TestWire } from './test-wire.ts';

let net: TestWire | undefined;
afterEach(() => {
  net?.close();
  net = undefined;
});

const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789';

async function answering(): Promise<TestWire> {
  net = await TestWire.raw((socket) => socket.on('data', () => socket.write(answer)));
  return net;
}

function steps(plan: EffectPlan, live: () => boolean = () => true): readonly Step[] {
  const segments = new Conversation().fromTarget(Buffer.from('0123456789'));
  const effect = effectOf(plan, live);
  return segments.flatMap((segment) => [...effect.take(segment)]).filter((step) => step.do !== 'fire');
}

const write = (text: string): Step => ({ do: 'write', bytes: Buffer.from(text) });
const wait = (ms: number): Step => ({ do: 'wait', ms });

test('slice writes n bytes at a time', () => {
  expect(steps({ kind: 'slice', bytes: 4, pauseMs: 2 })).toEqual([
    write('0123'),
    wait(2),
    write('4567'),
    wait(2),
    write('89'),
    wait(2),
  ]);
});

test('throttle keeps the rate', () => {
  const planned = steps({ kind: 'throttle', bytesPerSecond: 200 });
  expect(planned.slice(0, 2)).toEqual([write('0123'), wait(20)]);
  const waited = planned.reduce((sum, step) => sum + (step.do === 'wait' ? step.ms : 0), 0);
  expect(waited).toBeCloseTo(50);
});

test('a reverted slice lets the rest go in one write', () => {
  let count = 0;
  expect(steps({ kind: 'slice', bytes: 3 }, () => ++count <= 1)).toEqual([
    write('012'),
    wait(0),
    write('3456789'),
  ]);
});

test('the client gets the slices one by one', async () => {
  const wire = await answering();
  wire.add('f', { match: { operation: 'x' }, effect: { kind: 'slice', bytes: 1, pauseMs: 1 } });
  const client = wire.connect();
  let chunks = 0;
  client.socket.on('data', () => {
    chunks += 1;
  });
  await client.send(request('x')).has('0123456789');
  expect(client.text).toBe(answer);
  // Two may come together when the reader is late.
  expect(chunks).toBeGreaterThan(answer.length / 4);
});

test('delay holds the first byte back, and only of the matched exchange', async () => {
  const wire = await answering();
  wire.add('f', { match: { operation: 'x' }, effect: { kind: 'delay', delayMs: 60 } });
  const client = wire.connect();
  const start = performance.now();
  await client.send(request('x')).has(answer);
  expect(performance.now() - start).toBeGreaterThan(30);
  expect(wire.view('f')).toMatchObject({ fired: 1, state: 'over' });
});

test('a throttled answer takes its time', async () => {
  const wire = await answering();
  const bytesPerSecond = answer.length * 20;
  wire.add('f', { match: { operation: 'x' }, effect: { kind: 'throttle', bytesPerSecond } });
  const start = performance.now();
  await wire.connect().send(request('x')).has(answer);
  expect(performance.now() - start).toBeGreaterThan(20);
});

test('a delay that reverts lets go', async () => {
  const wire = await answering();
  const effect = { kind: 'delay', delayMs: 60_000 } as const;
  wire.add('f', { match: { operation: 'x' }, effect, revertAfterMs: 30 });
  const client = await wire.connect().send(request('x')).has(answer);
  expect(client.text).toBe(answer);
  expect(wire.view('f')).toMatchObject({ state: 'over' });
});

test('a slow first token: the head comes at once, the first frame later, the others with it', async () => {
  net = await TestWire.http(streams(['one', 'two'], ': ping\n\n'));
  net.add('f', { match: { operation: 'x' }, effect: { kind: 'slow-first-token', delayMs: 60_000 } });
  const client = await net.connect().send(request('x')).has(': ping');
  await net.fired('f');
  expect(client.text).not.toContain('one');
  net.wire.register.remove('f');
  await client.has('[DONE]');
  expect(client.text).toContain(frame('two').trim());
});

test('a delay before every frame', async () => {
  net = await TestWire.http(streams(['one', 'two']));
  net.add('f', { match: { operation: 'x' }, effect: { kind: 'delay', perFrameMs: 20 } });
  const start = performance.now();
  await net.connect().send(request('x')).has('[DONE]');
  expect(performance.now() - start).toBeGreaterThan(30);
});

test('a delayed request reaches the target late', async () => {
  const wire = await TestWire.raw((socket) => {
    socket.on('data', (chunk) => {
      if (chunk.toString().endsWith(']}')) socket.write(answer);
    });
  });
  net = wire;
  const effect = { kind: 'delay', delayMs: 50 } as const;
  wire.add('f', { match: { operation: 'x' }, direction: 'request', effect });
  const start = performance.now();
  await wire.connect().send(request('x')).has(answer);
  expect(performance.now() - start).toBeGreaterThan(25);
  expect(wire.view('f')).toMatchObject({ fired: 1 });
});

test.each([
  ['delay', { kind: 'delay', delayMs: 40 }],
  ['throttle', { kind: 'throttle', bytesPerSecond: 2_000 }],
  ['slice', { kind: 'slice', bytes: 4, pauseMs: 1 }],
] as const)('an answer that ends while %s holds it back ends for the client too', async (_, effect) => {
  net = await TestWire.raw((socket) =>
    socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n0123456789')),
  );
  net.add('f', { match: { operation: 'x' }, effect });
  const client = await net.connect().send(request('x')).ended('fin');
  expect(client.text).toContain('0123456789');
});
