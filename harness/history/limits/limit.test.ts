import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { callOf, Recording } from '../simulation/recording.ts';
import { limit } from './limit.ts';
import { mostWithin } from './most-within.ts';

const sliding = limit({ window: 'sliding', limit: 2, windowMs: 100 });

function requests(gapsMs: readonly number[]): Recording {
  const recording = new Recording();
  for (const gap of gapsMs) recording.wait(gap).ok(1, 'request');
  return recording;
}

test('as many as allowed, and refused ones, are within the limit', () => {
  const { history } = requests([0, 10]).fail(1, 'request').unknown(1, 'request').wait(100).ok(1, 'request');
  expect(sliding.check(history)).toEqual({ checker: 'limit', verdict: 'valid', counted: 3 });
});

test('one more in a window that moves is over it', () => {
  expect(sliding.check(requests([0, 90, 4]).history)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2', 'o3'],
  });
  expect(sliding.check(requests([0, 90, 90, 90]).history)).toMatchObject({ verdict: 'valid' });
});

test('a request that took long may have been decided in another window', () => {
  const recording = new Recording();
  const slow = recording.begin(1, 'request');
  recording.ok(2, 'request').wait(100);
  slow('ok');
  recording.ok(2, 'request');
  expect(sliding.check(recording.history)).toMatchObject({ verdict: 'valid' });
});

test('each key has its own limit', () => {
  const { history } = requests([0, 0]).ok(2, 'request', { key: 'other' });
  expect(sliding.check(history)).toMatchObject({ verdict: 'valid' });
});

test('fixed windows of unknown beginning allow twice the limit around their border', () => {
  const fixed = limit({ window: 'fixed', limit: 2, windowMs: 100 });
  expect(fixed.check(requests([0, 0, 0, 0]).history)).toMatchObject({ verdict: 'valid' });
  expect(fixed.check(requests([0, 0, 0, 0, 0]).history)).toMatchObject({ verdict: 'invalid' });
});

test('fixed windows of known beginning are counted one by one', () => {
  const fixed = limit({ window: 'fixed', limit: 2, windowMs: 100, originMs: 0 });
  expect(fixed.check(requests([90, 0, 20, 0]).history)).toMatchObject({ verdict: 'valid' });
  expect(fixed.check(requests([10, 0, 20, 100]).history)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2', 'o3'],
  });
});

test('what is held at once counts from the end of acquire to the beginning of release', () => {
  const one = limit({ window: 'concurrent', limit: 1 });
  const good = new Recording().ok(1, 'acquire').ok(1, 'release').ok(2, 'acquire').ok(2, 'release');
  expect(one.check(good.history)).toMatchObject({ verdict: 'valid', counted: 2 });
  const bad = new Recording().ok(1, 'acquire').ok(2, 'acquire').ok(1, 'release');
  expect(one.check(bad.history)).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2'] });
  const leased = limit({ window: 'concurrent', limit: 1, leaseMs: 50 });
  const expired = new Recording().ok(1, 'acquire').wait(60).ok(2, 'acquire').ok(2, 'release');
  expect(leased.check(expired.history)).toMatchObject({ verdict: 'valid' });
});

test('calls that are upstream at the same time count as held', () => {
  const { history } = new Recording().ok(1, 'call').ok(2, 'call');
  const upstream = (secondAt: number) => [
    callOf('o1', { arrivedAt: 10, completedAt: 20 }),
    callOf('o2', { arrivedAt: secondAt, hungUpAt: 40 }),
  ];
  const one = limit({ window: 'concurrent', limit: 1 });
  expect(one.check(history, upstream(20))).toMatchObject({ verdict: 'valid' });
  expect(one.check(history, upstream(19))).toMatchObject({ verdict: 'invalid' });
});

test('the window search agrees with looking at every window', () => {
  const spans = fc.array(
    fc.tuple(fc.nat(30), fc.nat(8)).map(([from, long]) => ({ from, to: from + long })),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(spans, fc.integer({ min: 1, max: 12 }), fc.nat(4), (all, lengthMs, allowed) => {
      const inside = (start: number) => all.filter(({ from, to }) => from >= start && to < start + lengthMs);
      const expected = all.some(({ from }) => inside(from).length > allowed);
      const found = mostWithin(all, lengthMs, allowed);
      expect(found !== undefined).toBe(expected);
      if (!found) return;
      expect(found).toHaveLength(allowed + 1);
      const first = Math.min(...found.map(({ from }) => from));
      expect(found.every(({ to }) => to < first + lengthMs)).toBe(true);
    }),
  );
});
