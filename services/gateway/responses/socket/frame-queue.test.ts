import { expect, test } from '@jest/globals';
import { FrameQueue } from './frame-queue.ts';

const frame = (text: string) => ({ data: Buffer.from(text), isBinary: false });
const never = new AbortController().signal;

test('frames come in their order, those that are waited for too', async () => {
  const queue = new FrameQueue(4, 100);
  queue.push(frame('a'));
  queue.push(frame('b'));
  expect(String((await queue.next(never))?.data)).toBe('a');
  expect(String((await queue.next(never))?.data)).toBe('b');
  const third = queue.next(never);
  queue.push(frame('c'));
  expect(String((await third)?.data)).toBe('c');
});

test('too many frames are refused, and so are too many bytes; what is taken makes room', async () => {
  const many = new FrameQueue(2, 100);
  expect(['a', 'b', 'c'].map((text) => many.push(frame(text)))).toEqual([true, true, false]);
  await many.next(never);
  expect(many.push(frame('d'))).toBe(true);
  const large = new FrameQueue(10, 5);
  expect(['abc', 'de', 'f'].map((text) => large.push(frame(text)))).toEqual([true, true, false]);
  await large.next(never);
  expect(large.push(frame('ghi'))).toBe(true);
});

test('after the end no frame comes, whether one waits or is waited for', async () => {
  const queue = new FrameQueue(4, 100);
  const end = new AbortController();
  const waiting = queue.next(end.signal);
  end.abort();
  expect(await waiting).toBeUndefined();
  queue.push(frame('a'));
  expect(await queue.next(end.signal)).toBeUndefined();
});
