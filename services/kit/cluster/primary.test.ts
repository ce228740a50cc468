import { expect, test } from '@jest/globals';
import { backoffMs, workerArguments } from './primary.ts';

test('a worker that served is replaced at once', () => {
  expect(backoffMs(0)).toBe(0);
});

test('failed starts are retried ever more slowly, within a bound', () => {
  expect([1, 2, 3, 4, 5, 6, 60].map(backoffMs)).toEqual([200, 400, 800, 1600, 3200, 3200, 3200]);
});

test('workers get the arguments of their primary, and a bound for new objects where none is set', () => {
  const bound = '--max-semi-space-size=4';
  expect(workerArguments(['--trace-warnings'])).toEqual(['--trace-warnings', bound]);
  expect(workerArguments(['--max-semi-space-size=32'])).toEqual(['--max-semi-space-size=32']);
  expect(workerArguments([], '--max_semi_space_size=8')).toEqual([]);
});
