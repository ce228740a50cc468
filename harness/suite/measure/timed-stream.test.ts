import type { Server, ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { getGlobalDispatcher } from 'undici';
import { streamOf } from '../../responses/test-streams.ts';
import { startGateway } from '../responses/test-gateway.ts';
import { faultsIn } from './fan-out.ts';
import { type RawStream, readRaw, timed } from './timed-stream.ts';

const events = streamOf([{ says: 'text', deltas: ['one ', 'two'] }]);
const frames = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
const isText = (frame: string) => frame.startsWith('event: response.output_text.delta');

/** The stream in pieces that came 10 ms after each other, the first after 5. */
const rawOf = (texts: readonly string[]): RawStream => ({
  ...{ status: 200, startedAtMs: 1_000, endedAtMs: 1_005 + 10 * texts.length },
  pieces: texts.map((text, at) => ({ atMs: 1_005 + 10 * at, bytes: Buffer.from(text) })),
});
const faults = (texts: readonly string[], expected = 'one two') =>
  faultsIn([{ ...timed(rawOf(texts)), expected }]);

let server: Server;
let answer: (response: ServerResponse) => unknown = (response) => response.end(frames.join(''));
beforeAll(async () => {
  server = await startGateway((_, response) => answer(response));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('events have the time of the piece that completes them', () => {
  const firstText = frames.findIndex(isText);
  const seen = timed(rawOf(frames));
  expect(seen).toMatchObject({ firstEventMs: 5, firstTextMs: 5 + 10 * firstText, largestGapMs: 10 });
  expect(seen.completionMs).toBe(5 + 10 * frames.length);
  const [first = '', ...rest] = frames;
  const late = timed(rawOf([first.slice(0, 20), first.slice(20), '', '', ...rest]));
  expect(late).toMatchObject({ firstEventMs: 15, largestGapMs: 30 });
});

test('the time for which the model was held is no silence and no part of the whole', () => {
  const firstText = frames.findIndex(isText);
  const held = [...frames.slice(0, firstText + 1), '', '', '', '', ...frames.slice(firstText + 1)];
  const releasedAtMs = 1_005 + 10 * (firstText + 4);
  const seen = timed(rawOf(held), releasedAtMs);
  expect(seen.largestGapMs).toBe(10);
  expect(seen.completionMs).toBe(5 + 10 * held.length - 40);
});

test('an event that is lost, doubled or out of order is found, and so are the words of another stream', () => {
  const at = frames.findIndex(isText);
  const [text = '', next = ''] = frames.slice(at);
  expect(faults(frames)).toEqual([]);
  expect(faults(frames.toSpliced(at, 1))).toEqual([expect.stringMatching(/^stream 0: .*\(sequence\)$/)]);
  expect(faults(frames.toSpliced(at, 0, text))).toEqual([expect.stringMatching(/\(sequence\)$/)]);
  expect(faults(frames.toSpliced(at, 2, next, text))).toEqual([expect.stringMatching(/\(sequence\)$/)]);
  expect(faults(frames.slice(0, -1))).toEqual([expect.stringMatching(/\(terminal\)$/)]);
  expect(faults(frames, 'one three')).toEqual(['stream 0 says "one two"']);
});

test('an answer is read to its end, and its text announced once', async () => {
  let announced = 0;
  const raw = await readRaw({
    body: { model: 'm' },
    dispatcher: getGlobalDispatcher(),
    onText: () => {
      announced += 1;
    },
  });
  expect(timed(raw)).toMatchObject({ status: 200, findings: [], text: 'one two' });
  expect(announced).toBe(1);
});

test('what is no stream says what it is', async () => {
  answer = (response) => response.writeHead(429).end('{"error":{"message":"later"}}');
  const raw = await readRaw({ path: '/responses/resp_1?stream=true', dispatcher: getGlobalDispatcher() });
  expect(() => timed(raw)).toThrow('but 429 {"error":{"message":"later"}}');
});
