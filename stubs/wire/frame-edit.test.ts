import { afterEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Conversation } from './conversation.ts';
import type { Step } from './effects/effect.ts';
import { effectOf } from './effects/effect-of.ts';
import type { EffectPlan } from './fault-plan.ts';
import { decodeChunks, frame, streams } from './test-target.ts';
import { request, TestWire } from './test-wire.ts';

let net: TestWire | undefined;
afterEach(() => {
  net?.close();
  net = undefined;
});

const words = ['one', 'two', 'three'];
const done = 'data: [DONE]\n\n';

async function edited(effect: EffectPlan): Promise<string> {
  net = await TestWire.http(streams(words));
  net.add('f', { match: { operation: 'x' }, effect });
  const client = net.connect();
  const first = await client.send(request('x')).until(({ bytes }) => decodesWhole(bytes));
  const { body } = decodeChunks(first.bytes);
  const length = first.bytes.length;
  // The same connection goes on, and its next exchange is untouched.
  await client.send(request('x')).until(({ bytes }) => decodesWhole(bytes.subarray(length)));
  expect(decodeChunks(client.bytes.subarray(length)).body).toBe(words.map(frame).join('') + done);
  expect(await net.fired('f', 'over')).toMatchObject({ fired: 1, connection: 1, hits: [{ exchange: 1 }] });
  return body;
}

function decodesWhole(bytes: Buffer): boolean {
  return bytes.includes('\r\n0\r\n\r\n') && decodeChunks(bytes).complete;
}

test('a frame comes twice', async () => {
  expect(await edited({ kind: 'duplicate', frame: 2 })).toBe(
    ['one', 'two', 'two', 'three'].map(frame).join('') + done,
  );
});

test('two frames change places', async () => {
  expect(await edited({ kind: 'reorder', frame: 1 })).toBe(
    ['two', 'one', 'three'].map(frame).join('') + done,
  );
});

test('a frame is no JSON any more', async () => {
  const body = await edited({ kind: 'malformed', frame: 3 });
  const [, , third = ''] = body.split('\n\n');
  expect(third.startsWith('data: {"te')).toBe(true);
  expect(() => JSON.parse(third.slice(6))).toThrow(SyntaxError);
  expect(body.endsWith(done)).toBe(true);
});

test('a frame that never comes leaves the stream as it was, and the fault unfired', async () => {
  net = await TestWire.http(streams(words));
  net.add('f', { match: { operation: 'x' }, effect: { kind: 'reorder', frame: 4 } });
  const client = await net
    .connect()
    .send(request('x'))
    .until(({ bytes }) => decodesWhole(bytes));
  expect(decodeChunks(client.bytes).body).toBe(words.map(frame).join('') + done);
  expect(net.view('f')).toMatchObject({ state: 'armed', matched: 1, fired: 0 });
});

test('an answer that is no event stream passes unchanged', async () => {
  net = await TestWire.http(streams(words));
  net.add('f', { match: { operation: 'x' }, effect: { kind: 'duplicate', frame: 1 } });
  const asked = request('x').replace('/v1/chat/completions', '/json');
  const client = await net.connect().send(asked).has('three"]}');
  expect(client.text.endsWith('{"texts":["one","two","three"]}')).toBe(true);
  expect(net.view('f')).toMatchObject({ matched: 1, fired: 0 });
});

test('a stream of known length gets chunks, since the length no longer fits', async () => {
  const body = `${frame('one')}${done}`;
  net = await TestWire.raw((socket) => {
    const head = `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: ${body.length}\r\n\r\n`;
    socket.on('data', () => socket.write(head + body));
  });
  net.add('f', { match: { operation: 'x' }, effect: { kind: 'duplicate', frame: 1 } });
  const client = await net
    .connect()
    .send(request('x'))
    .until(({ bytes }) => decodesWhole(bytes));
  expect(client.text).not.toMatch(/content-length/i);
  expect(decodeChunks(client.bytes)).toEqual({ body: frame('one') + body, complete: true });
});

test('status in place of the answer: 429 with Retry-After, and the connection closes', async () => {
  net = await TestWire.http(streams(words));
  net.add('f', { match: { operation: 'x' }, effect: { kind: 'status', status: 429, retryAfterS: 7 } });
  const client = await net.connect().send(request('x')).ended('fin');
  const [head = '', body = ''] = client.text.split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\n/);
  expect(head).toMatch(/\r\nRetry-After: 7(\r\n|$)/);
  expect(JSON.parse(body)).toMatchObject({
    error: { code: 'rate_limit_exceeded', type: 'rate_limit_error' },
  });
  const retry = await net.connect().send(request('x')).has('[DONE]');
  expect(retry.text).toMatch(/^HTTP\/1\.1 200 OK/);
});

const kinds = ['duplicate', 'reorder', 'malformed'] as const;

test('an edited stream is the same however the original was sliced', () => {
  const body = `: hi\r\n\r\n${frame('é😀')}${frame('two')}${frame('three')}${done}`;
  const stream = Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  );
  const places = fc.array(fc.nat({ max: stream.length }), { maxLength: 20 });
  fc.assert(
    fc.property(places, fc.constantFrom(...kinds), fc.integer({ min: 1, max: 4 }), (at, kind, k) => {
      const whole = output({ kind, frame: k }, [stream]);
      expect(decodeChunks(whole).complete).toBe(true);
      const cuts = [0, ...at.toSorted((a, b) => a - b), stream.length];
      const slices = cuts.slice(1).map((place, index) => stream.subarray(cuts[index], place));
      expect(decodeChunks(output({ kind, frame: k }, slices))).toEqual(decodeChunks(whole));
    }),
    { numRuns: 100 },
  );
});

function output(plan: EffectPlan, slices: readonly Buffer[]): Buffer {
  const conversation = new Conversation();
  const effect = effectOf(plan, () => true);
  const steps: Step[] = [];
  for (const slice of slices)
    for (const segment of conversation.fromTarget(slice)) steps.push(...effect.take(segment));
  return Buffer.concat(steps.flatMap((step) => (step.do === 'write' ? [step.bytes] : [])));
}
