import { expect, test } from '@jest/globals';
import type { ResponseEvent } from '../events/response-event.ts';
import { EventAppender } from './event-appender.ts';

const event = (sequence_number: number): ResponseEvent => ({ type: 'response.x', sequence_number });
const numbers = (events: readonly ResponseEvent[]) => events.map(({ sequence_number }) => sequence_number);

test('events are written in their order, one write at a time, and what comes meanwhile goes together', async () => {
  const writes: number[][] = [];
  let open = 0;
  const log = new EventAppender<ResponseEvent>(
    async (events) => {
      open += 1;
      expect(open).toBe(1);
      writes.push(numbers(events));
      await new Promise(setImmediate);
      open -= 1;
      return true;
    },
    () => undefined,
  );
  for (let number = 0; number < 20; number += 1) {
    await log.push(event(number));
    if (number % 7 === 0) await new Promise(setImmediate);
  }
  await log.flushed();
  expect(writes.flat()).toEqual(Array.from({ length: 20 }, (_, number) => number));
  expect(writes.length).toBeLessThan(20);
});

test('a writer that is too fast waits for the database', async () => {
  const gate = Promise.withResolvers<boolean>();
  const log = new EventAppender<ResponseEvent>(
    () => gate.promise,
    () => undefined,
  );
  let pushed = 0;
  const pushing = (async () => {
    for (; pushed < 2_000; pushed += 1) await log.push(event(pushed));
  })();
  for (let turn = 0; turn < 3_000; turn += 1) await Promise.resolve();
  await new Promise(setImmediate);
  expect(pushed).toBeLessThan(1_000);
  gate.resolve(true);
  await pushing;
  expect(pushed).toBe(2_000);
});

test.each([
  ['is refused', async () => false],
  ['fails', () => Promise.reject(new Error('no'))],
])('after a write that %s nothing more is written, as it would leave a gap', async (_, write) => {
  let writes = 0;
  let lost = 0;
  const log = new EventAppender<ResponseEvent>(
    () => {
      writes += 1;
      return write();
    },
    () => {
      lost += 1;
    },
  );
  await log.push(event(0));
  await log.flushed();
  await log.push(event(1));
  await log.flushed();
  expect([writes, lost, log.isLost]).toEqual([1, 1, true]);
});
