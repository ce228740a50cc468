import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { callsOf, finishesOf, listen, looksComplete, textOf } from './heard.ts';
import type { Part } from './part.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Listens to a server that answers so. */
async function listenTo(answer: (response: ServerResponse) => void) {
  server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return listen({ wire: 'chat', url, headers: {}, body: {} });
}

const says = (content: string, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason: finish }] })}\n\n`;

/** Written byte by byte, each as a chunk of its own. */
async function dribble(response: ServerResponse, text: string): Promise<void> {
  for (const byte of Buffer.from(text)) {
    await new Promise((resolve) => response.write(Buffer.of(byte), resolve));
    // The reader is in this process: it gets its turn.
    await nextTurn();
  }
}

test('characters and events that were cut anywhere are put together', async () => {
  const heard = await listenTo(async (response) => {
    await dribble(response, `: wait\n\n${says('é😀')}${says('', 'stop')}data: [DONE]\n\n`);
    response.end();
  });
  const whole = await heard.whole;
  expect(textOf(whole.parts)).toBe('é😀');
  expect(whole).toMatchObject({ status: 200, endedCleanly: true, comments: 1 });
  expect(looksComplete(whole)).toBe(true);
});

test('a last event without its blank line counts as well', async () => {
  const heard = await listenTo((response) => response.end(`${says('Hi', 'stop')}data: [DONE]\n`));
  expect((await heard.whole).parts.at(-1)).toEqual({ kind: 'end' });
});

test('a connection that breaks ends the stream uncleanly, with what had come', async () => {
  const heard = await listenTo((response) => void response.write(says('w1 '), () => undefined));
  await heard.untilText('w1');
  server?.closeAllConnections();
  const whole = await heard.whole;
  expect(whole.endedCleanly).toBe(false);
  expect(textOf(whole.parts)).toBe('w1 ');
  expect(looksComplete(whole)).toBe(false);
});

test('a text that never comes is told with what came, when the stream is over', async () => {
  const heard = await listenTo((response) => response.end(says('w1')));
  await expect(heard.untilText('w2')).rejects.toThrow('it was over before "w2" came: "w1"');
});

test('a client that leaves ends its own stream with a rejection', async () => {
  const heard = await listenTo((response) => void response.write(says('w1')));
  await heard.untilText('w1');
  heard.leave();
  await expect(heard.whole).rejects.toThrow(/abort/i);
});

test('a finish, an end or an error decide whether it looks complete', () => {
  const looks = (...parts: readonly Part[]) =>
    looksComplete({ status: 200, parts, frames: [], comments: 0, endedCleanly: true, body: '' });
  const text: Part = { kind: 'text', text: 'Hi' };
  const error: Part = { kind: 'error', message: 'away' };
  expect(looks(text, { kind: 'finish', reason: 'stop' })).toBe(true);
  expect(looks(text, { kind: 'end' })).toBe(true);
  expect(looks(text)).toBe(false);
  expect(looks(text, error, { kind: 'end' })).toBe(false);
  expect(finishesOf([text, { kind: 'finish', reason: 'length' }])).toEqual(['length']);
});

test('pieces of calls are put together by their places, whichever comes first', () => {
  expect(
    callsOf([
      { kind: 'call', index: 1, name: 'b' },
      { kind: 'call', index: 0, name: 'a', args: '{' },
      { kind: 'call', index: 1, args: '{}' },
      { kind: 'call', index: 0, args: '}' },
    ]),
  ).toEqual([
    { name: 'a', args: '{}' },
    { name: 'b', args: '{}' },
  ]);
});
