import { expect, test } from '@jest/globals';
import { planBurst } from './burst-plan.ts';

const first = { workers: 4, waiters: 1, pinned: true, bursts: 0, inFlight: 0 };

test('the first burst has a connection for each worker and comes at once', () => {
  expect(planBurst(first)).toEqual({ size: 4, pauseMs: 0 });
});

test('one who takes any worker needs one connection', () => {
  expect(planBurst({ ...first, pinned: false, bursts: 3 }).size).toBe(1);
});

test('bursts grow, and wait longer, up to a bound', () => {
  const bursts = [0, 1, 2, 3, 4, 20].map((seen) => planBurst({ ...first, bursts: seen }));
  expect(bursts.map(({ size }) => size)).toEqual([4, 8, 16, 32, 32, 32]);
  expect(bursts.map(({ pauseMs }) => pauseMs)).toEqual([0, 0, 2, 5, 10, 400]);
});

test('no more are opened than may be in flight', () => {
  expect(planBurst({ ...first, bursts: 5, inFlight: 90 }).size).toBe(6);
  expect(planBurst({ ...first, inFlight: 96 }).size).toBe(0);
});
