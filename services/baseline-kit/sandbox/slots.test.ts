import { expect, test } from '@jest/globals';
import { createSlots } from './slots.ts';

const never = new AbortController().signal;

test('no more run at once than there are places, and all get their turn in order', async () => {
  const slots = createSlots(2);
  const began: number[] = [];
  const finish: (() => void)[] = [];
  const runs = [0, 1, 2].map((index) =>
    slots.use(never, async () => {
      began.push(index);
      await new Promise<void>((resolve) => finish.push(resolve));
      return index;
    }),
  );
  await Promise.resolve();
  await Promise.resolve();
  expect(began).toEqual([0, 1]);
  finish[0]?.();
  await runs[0];
  while (finish.length < 3) await Promise.resolve();
  finish[1]?.();
  finish[2]?.();
  expect(await Promise.all(runs)).toEqual([0, 1, 2]);
});

test('one who leaves the queue takes no place', async () => {
  const slots = createSlots(1);
  let finish: () => void = () => undefined;
  const first = slots.use(never, () => new Promise<void>((resolve) => (finish = resolve)));
  const leaving = new AbortController();
  const second = slots.use(leaving.signal, async () => 'ran');
  leaving.abort(new Error('gone'));
  await expect(second).rejects.toThrow('gone');
  await Promise.resolve();
  finish();
  await first;
  expect(await slots.use(never, async () => 'third')).toBe('third');
});
