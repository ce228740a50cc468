import { expect, test } from '@jest/globals';
import { backoffMs } from './primary.ts';

test('a worker that served is replaced at once', () => {
  expect(backoffMs(0)).toBe(0);
});

test('failed starts are retried ever more slowly, within a bound', () => {
  expect([1, 2, 3, 4, 5, 6, 60].map(backoffMs)).toEqual([200, 400, 800, 1600, 3200, 3200, 3200]);
});
