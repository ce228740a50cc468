import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import { foldCounters, withoutGauges } from '../metrics-fold.ts';
import type { ToPrimary } from './cluster-message.ts';
import { joinGatherings } from './gather.ts';

class FakeChannel extends EventEmitter {
  readonly connected = true;
  readonly sent: ToPrimary[] = [];
  send(message: ToPrimary) {
    this.sent.push(message);
  }
}

test('a worker answers what the primary asks, and gets what all answered', async () => {
  const channel = new FakeChannel();
  const gatherings = joinGatherings(channel);
  gatherings.answer('pid', () => 7);
  const gathered = gatherings.gather('pid', 1_000);
  expect(channel.sent).toEqual([{ type: 'gather', id: 1, topic: 'pid', timeoutMs: 1_000 }]);
  channel.emit('message', { type: 'asked', id: 5, topic: 'pid' });
  await gatherings.leave('pid');
  expect(channel.sent.slice(1)).toEqual([
    { type: 'told', id: 5, topic: 'pid', value: 7 },
    { type: 'told', topic: 'pid', value: 7 },
  ]);
  channel.emit('message', { type: 'gathered', id: 1, values: [7, 8] });
  await expect(gathered).resolves.toEqual([7, 8]);
});

test('a process without a primary gathers what it says itself', async () => {
  const gatherings = joinGatherings({ connected: false, on: () => undefined });
  gatherings.answer('pid', async () => 7);
  await expect(gatherings.gather('pid', 10)).resolves.toEqual([7]);
});

test('of a dead worker its counters stay, and those of several add up', async () => {
  const counter = (value: number) => ({
    ...{ name: 'a_total', help: 'a', type: 'counter', aggregator: 'sum' },
    values: [{ value, labels: { route: '/x' } }],
  });
  const gauge = { name: 'open', help: 'o', type: 'gauge', aggregator: 'sum', values: [] };
  expect(withoutGauges([counter(1), gauge])).toEqual([counter(1)]);
  expect(withoutGauges('no metrics')).toEqual([]);
  expect(await foldCounters([[counter(1)], [counter(2)]])).toMatchObject([counter(3)]);
});
