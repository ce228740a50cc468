import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { type Edge, TestEdge } from '../test-edge.ts';

let edge: TestEdge;
let greets: boolean;

/** Greets if it is told to, answers what it is asked, and closes when it hears `bye`. */
beforeEach(async () => {
  greets = false;
  edge = await TestEdge.before((_request, response) => {
    response.writeHead(404).end();
  });
  const server = new WebSocketServer({ server: edge.provider, path: '/v1/realtime' });
  server.on('connection', (socket) => {
    if (greets) socket.send('{"type":"session.created"}');
    socket.on('message', (data) => {
      const { ask, op } = JSON.parse(data.toString()) as { ask: string; op?: string };
      if (ask === 'bye') socket.close(4001, 'so long');
      else if (ask === 'die') socket.terminate();
      else {
        socket.send(JSON.stringify({ type: 'delta', text: ask, ...(op ? { op } : {}) }));
        socket.send(Buffer.from([1, 2, 255]));
      }
    });
  });
});
afterEach(() => edge.close());

/** Says each text once the answers to the one before are there, and tells what came and how it ended. */
async function talk(to: Edge, asks: readonly (string | object)[]): Promise<unknown[]> {
  const socket = new WebSocket(`${to.url.replace('http', 'ws')}/v1/realtime`);
  const seen: unknown[] = [];
  let wake: () => void = () => undefined;
  socket.on('message', (data, isBinary) => {
    seen.push(isBinary ? [...(data as Buffer)] : JSON.parse(data.toString()));
    wake();
  });
  const closed = once(socket, 'close') as Promise<[number, Buffer]>;
  closed.then(
    () => wake(),
    () => undefined,
  );
  await once(socket, 'open');
  for (const ask of asks) {
    const before = seen.length;
    socket.send(JSON.stringify(typeof ask === 'string' ? { ask } : ask));
    while (seen.length < before + 2 && socket.readyState === WebSocket.OPEN)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  }
  if (socket.readyState === WebSocket.OPEN) socket.close(1000);
  const [code, reason] = await closed;
  return [...seen, [code, reason.toString()]];
}

test.each([
  ['closes it', ['one', 'two', 'bye'], [4001, 'so long']],
  ['drops it', ['one', 'die'], [1006, '']],
])('a socket is replayed message by message when the provider %s', async (_, asks, end) => {
  const live = await talk(await edge.start('record'), asks);
  expect(live.at(-1)).toEqual(end);
  const replaying = await edge.start('replay');
  expect(await talk(replaying, asks)).toEqual(live);
  expect(replaying.report()).toMatchObject({ upstream: 0, replayed: 1, misses: [], leftovers: [] });
});

test('a provider that speaks first does so again', async () => {
  greets = true;
  const live = await talk(await edge.start('record'), ['one', 'bye']);
  expect(live[0]).toEqual({ type: 'session.created' });
  expect(await talk(await edge.start('replay'), ['one', 'bye'])).toEqual(live);
});

test('the first message says which recording a socket is, and ids of operations are those of this run', async () => {
  const recording = await edge.start('record');
  const say = (ask: string, op: string) => [{ ask: `${ask} [[op=${op}]]`, op }, 'bye'];
  await talk(recording, say('a', '11aa22bb-1'));
  const second = await talk(recording, say('b', '11aa22bb-2'));
  const replaying = await edge.start('replay');
  const played = await talk(replaying, say('b', '99ff88ee-9'));
  expect(played).toEqual(JSON.parse(JSON.stringify(second).replaceAll('11aa22bb-2', '99ff88ee-9')));
});

test('a socket that says something else is closed and noted with what differs', async () => {
  await talk(await edge.start('record'), ['one', 'two', 'bye']);
  const replaying = await edge.start('replay');
  const seen = await talk(replaying, ['one', 'three', 'bye']);
  expect(seen.at(-1)).toEqual([4599, expect.stringContaining('recording_missing')]);
  expect(replaying.report().misses).toMatchObject([
    { reason: 'outrun', method: 'SOCKET', closest: { diff: ['json.ask: "two" → "three"'] } },
  ]);
});

test('without a recording the handshake is refused as any other miss', async () => {
  const replaying = await edge.start('replay');
  await expect(talk(replaying, ['one'])).rejects.toThrow('599');
  expect(replaying.report().misses).toMatchObject([{ reason: 'unknown' }]);
});

test('a client that leaves during the handshake leaves no socket behind', async () => {
  const upgraded = once(edge.provider, 'upgrade') as Promise<[unknown, Socket]>;
  const recording = await edge.start('record');
  const socket = new WebSocket(`${recording.url.replace('http', 'ws')}/v1/realtime`);
  socket.on('error', () => undefined);
  edge.provider.prependOnceListener('upgrade', () => socket.terminate());
  const [, end] = await upgraded;
  if (!end.destroyed) await once(end, 'close');
  expect(end.destroyed).toBe(true);
});

test('a refused handshake is recorded and refused again', async () => {
  const url = (to: Edge) => `${to.url.replace('http', 'ws')}/v1/elsewhere`;
  for (const mode of ['record', 'replay'] as const) {
    const socket = new WebSocket(url(await edge.start(mode)));
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toMatch(/400|404/);
  }
  expect(edge.files).toHaveLength(1);
});
