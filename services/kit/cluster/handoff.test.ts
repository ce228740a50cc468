import type { Worker } from 'node:cluster';
import { EventEmitter, once } from 'node:events';
import { expect, test } from '@jest/globals';
import { saveHandoffs } from './handoff.ts';

class Channel extends EventEmitter {
  readonly replies: unknown[] = [];
  send(_message: object, _handle?: object): boolean {
    return true;
  }
}

const other = (connected: boolean) => ({ isConnected: () => connected }) as Worker;
const alive = [other(false), other(true)];

async function dieHolding(
  messages: readonly object[],
  answered: readonly number[],
  listening: readonly Worker[],
) {
  const channel = new Channel();
  let closed = 0;
  saveHandoffs({ process: channel, isConnected: () => false } as unknown as Worker, () => listening);
  for (const message of messages) channel.send(message, { close: () => closed++ });
  for (const seq of answered)
    channel.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack: seq, accepted: true });
  channel.on('internalMessage', (message) => channel.replies.push(message));
  const exited = once(channel, 'exit');
  channel.emit('exit');
  await exited;
  return { replies: channel.replies, closed };
}

const connection = (seq: number) => ({ act: 'newconn', seq });

test('connections without a reply go back to be handed to another worker', async () => {
  const { replies, closed } = await dieHolding([connection(1), connection(2)], [1], alive);
  expect(replies).toEqual([{ cmd: 'NODE_CLUSTER', ack: 2, accepted: false }]);
  expect(closed).toBe(0);
});

test('with no other worker they are closed', async () => {
  const { replies, closed } = await dieHolding([connection(1), connection(2)], [], []);
  expect(replies).toEqual([]);
  expect(closed).toBe(2);
});

test('others whose deaths are not told yet take none', async () => {
  const { replies, closed } = await dieHolding([connection(1)], [], [other(false), other(false)]);
  expect(replies).toEqual([]);
  expect(closed).toBe(1);
});

test('other messages with a handle are none of its business', async () => {
  expect(await dieHolding([{ act: 'other', seq: 3 }], [], alive)).toEqual({ replies: [], closed: 0 });
});
