import { once } from 'node:events';
import { Agent, createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ClientConduct, LabClient } from './lab-client.ts';

const agent = new Agent({ keepAlive: true });
let server: Server;
let closedEarly: Promise<void>;

/** Sends eight words, one every 10 ms, then [DONE]; `/broken` breaks off after three, `/hung` says no more then; `/endless` never stops. */
beforeEach(async () => {
  let tell: () => void;
  closedEarly = new Promise((resolve) => {
    tell = resolve;
  });
  server = createServer(async (request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) tell();
    });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let word = 1; word <= 8 && !response.destroyed; word += 1) {
      if (request.url === '/broken' && word === 4) return void response.destroy();
      if (request.url === '/hung' && word === 4) return;
      if (request.url === '/endless') word = 1;
      if (request.url === '/endless') response.write(`data: ${' '.repeat(200_000)}\n\n`);
      response.write(`data: ${JSON.stringify({ choices: [{ delta: { content: `w${word} ` } }] })}\n\n`);
      await delay(10);
    }
    response.end('data: [DONE]\n\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  agent.destroy();
  server.closeAllConnections();
  server.close();
});

function client(conduct: ClientConduct = {}, timeoutMs = 5_000): LabClient {
  const { port } = server.address() as AddressInfo;
  const route = () => ({ agent, origin: new URL(`http://127.0.0.1:${port}`), workerOf: () => undefined });
  return new LabClient({ route, service: 'gateway', signal: AbortSignal.timeout(timeoutMs), conduct });
}

test('a stream is read frame by frame to its terminal event', async () => {
  const { frames, endedCleanly } = await client().stream({ path: '/', body: {} });
  expect(frames.map((frame) => ('text' in frame ? frame.text : 'done'))).toHaveLength(9);
  expect(frames.at(-1)).toMatchObject({ done: true });
  expect(endedCleanly).toBe(true);
});

test('a client that is to hang up after two frames sees two, and the server sees it go', async () => {
  const told: number[] = [];
  const answer = await client({ abortAfterFrames: 2, onAbort: (at) => told.push(at) }).stream({
    path: '/',
    body: {},
  });
  await closedEarly;
  expect(answer.frames).toHaveLength(2);
  expect(answer.endedCleanly).toBe(false);
  expect(told).toEqual([answer.abortedAt]);
});

test('a broken connection is no clean end', async () => {
  const { frames, endedCleanly, abortedAt } = await client().stream({ path: '/broken', body: {} });
  expect(frames).toHaveLength(3);
  expect(endedCleanly).toBe(false);
  expect(abortedAt).toBeUndefined();
});

test('what had come when the time was over is kept', async () => {
  const { frames, timedOut, endedCleanly } = await client({}, 300).stream({ path: '/hung', body: {} });
  expect(frames).toHaveLength(3);
  expect({ timedOut, endedCleanly }).toEqual({ timedOut: true, endedCleanly: false });
});

test('frames are told as they come, from 0 when the request is sent', async () => {
  const counts: number[] = [];
  await client({ onFrames: (count) => counts.push(count) }).stream({ path: '/', body: {} });
  expect(counts).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a slow reader takes its time', async () => {
  const seen: { bytes: number; elapsedMs: number }[] = [];
  await client({ bytesPerSecond: 1_000, onSlowRead: (each) => seen.push(each) }).stream({
    path: '/',
    body: {},
  });
  expect(seen[0]?.bytes).toBeGreaterThan(300);
  expect(seen[0]?.elapsedMs).toBeGreaterThanOrEqual((seen[0]?.bytes ?? 0) / 2);
});

test('a client hangs up so long after its request was sent, also where the answer comes in one piece', async () => {
  const startedAt = performance.now();
  const hungUp = client({ abortAfterFrames: 0, abortAfterMs: 40 });
  await expect(hungUp.request({ path: '/hung', body: {} })).rejects.toThrow();
  await closedEarly;
  expect(hungUp.abortedAt).toBeDefined();
  expect(performance.now() - startedAt).toBeGreaterThan(20);
  const early = client({ abortAfterFrames: 0, abortAfterMs: 1_000 });
  expect((await early.request({ path: '/', body: {} })).status).toBe(200);
  expect(early.abortedAt).toBeUndefined();
});

test('a client that has seen enough of a stream without end hangs up, and keeps what it saw', async () => {
  const enough = new AbortController();
  const words: string[] = [];
  const { frames, timedOut, abortedAt } = await client().stream({
    path: '/endless',
    body: {},
    enough: enough.signal,
    frame: (data) => {
      if (data.trim() === '') return undefined;
      words.push(data);
      if (words.length === 3) enough.abort();
      return { text: data };
    },
  });
  await closedEarly;
  expect(words).toHaveLength(3);
  expect(frames).toHaveLength(3);
  expect({ timedOut, abortedAt }).toEqual({ timedOut: undefined, abortedAt: undefined });
});

test('a stream without end is given up before it fills the memory', async () => {
  const { endedCleanly, timedOut, text } = await client().stream({ path: '/endless', body: {} });
  expect({ endedCleanly, timedOut }).toEqual({ endedCleanly: false, timedOut: undefined });
  expect(text.length).toBeGreaterThan(4_000_000);
  expect(text.length).toBeLessThan(10_000_000);
});

test('a body goes out as JSON, a text as it is, and each says what it is', async () => {
  const got: (readonly [string | undefined, string])[] = [];
  server.removeAllListeners('request');
  server.on('request', async (request, response) => {
    got.push([request.headers['content-type'], await text(request)]);
    response.end();
  });
  await client().request({ path: '/', body: '40{"a":1}' });
  await client().request({ path: '/', text: '40{"a":1}' });
  expect(got).toEqual([
    ['application/json', JSON.stringify('40{"a":1}')],
    ['text/plain; charset=utf-8', '40{"a":1}'],
  ]);
});
