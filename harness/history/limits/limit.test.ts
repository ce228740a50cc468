import { expect, test } from '@jest/globals';
import { checkerOf } from '../checkers.ts';
import { Recording } from '../simulation/recording.ts';
import { limit } from './limit.ts';

const sliding = limit({ window: 'sliding', limit: 2, windowMs: 100 });
const fixed = limit({ window: 'fixed', limit: 2, windowMs: 100 });

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
  expect(sliding.check(requests([0, 90, 2]).history)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2', 'o3'],
  });
  const within = requests([0, 90, 90, 90]).fail(1, 'request');
  expect(sliding.check(within.history)).toMatchObject({ verdict: 'valid' });
});

test('clocks that are known to be wrong by more excuse more', () => {
  const { history } = requests([0, 50, 2]).fail(1, 'request');
  expect(sliding.check(history)).toMatchObject({ verdict: 'invalid' });
  const loose = limit({ window: 'sliding', limit: 2, windowMs: 100, inexactMs: 25 });
  expect(loose.check(history)).toMatchObject({ verdict: 'valid' });
});

test('a request that took long may have been decided in another window', () => {
  const recording = new Recording();
  const slow = recording.begin(1, 'request');
  recording.ok(2, 'request').wait(100);
  slow('ok');
  recording.ok(2, 'request').fail(2, 'request');
  expect(sliding.check(recording.history)).toMatchObject({ verdict: 'valid' });
});

test('each key has its own limit', () => {
  const { history } = requests([0, 0]).ok(2, 'request', { key: 'other' }).fail(1, 'request');
  expect(sliding.check(history)).toMatchObject({ verdict: 'valid' });
});

test('where never more was asked for than is allowed nothing was judged', () => {
  const none = { verdict: 'not-judged', reason: 'never more requests than the limit admits' };
  expect(sliding.check(new Recording().history)).toMatchObject(none);
  expect(sliding.check(requests([0, 0]).history)).toMatchObject(none);
  expect(sliding.check(requests([0, 0, 100, 0]).history)).toMatchObject(none);
  expect(sliding.check(requests([0, 0]).unknown(1, 'request').history)).toMatchObject({ verdict: 'valid' });
  const refused = new Recording().fail(1, 'request');
  expect(sliding.check(refused.history)).toMatchObject({
    verdict: 'not-judged',
    reason: 'no request was admitted',
  });
});

test('an operation that asks several times counts as often as it was admitted', () => {
  const several = (admitted: number) =>
    new Recording().ok(1, 'request', { value: 5 }, { value: admitted }).history;
  expect(sliding.check(several(2))).toMatchObject({ verdict: 'valid', counted: 2 });
  expect(sliding.check(several(3))).toMatchObject({ verdict: 'invalid', counterexample: ['o1'] });
});

test('fixed windows of unknown beginning excuse twice the limit at one border', () => {
  const burst = requests([0, 0, 0, 0]);
  expect(fixed.check(burst.history)).toMatchObject({ verdict: 'valid' });
  expect(fixed.check(requests([0, 0, 0, 0, 0]).history)).toMatchObject({ verdict: 'invalid' });
  expect(fixed.check(burst.wait(250).ok(1, 'request').ok(1, 'request').history)).toMatchObject({
    verdict: 'valid',
  });
});

test('fixed windows of unknown beginning do not excuse twice the limit again and again', () => {
  const ten = limit({ window: 'fixed', limit: 10, windowMs: 100 });
  const bursts = new Recording();
  for (const gap of [0, 75, 75]) {
    bursts.wait(gap);
    for (let count = 0; count < 20; count += 1) bursts.ok(1, 'request', { value: 1 });
  }
  expect(ten.check(bursts.history)).toMatchObject({ verdict: 'invalid' });
});

test('windows that began with the first request of a fresh key have no border in its first burst', () => {
  const fresh = limit({ window: 'fixed', limit: 2, windowMs: 100, begins: 'either' });
  const clock = requests([0, 0, 0]);
  const first = limit({ window: 'fixed', limit: 2, windowMs: 100, begins: 'request' });
  expect(first.check(clock.history)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2', 'o3'],
  });
  // Windows of a clock may have one there, but not for two keys at different times.
  expect(fresh.check(clock.history)).toMatchObject({ verdict: 'valid' });
  clock.wait(20);
  for (let count = 0; count < 3; count += 1) clock.ok(1, 'request', { key: 'other' });
  expect(fixed.check(clock.history)).toMatchObject({ verdict: 'valid' });
  expect(fresh.check(clock.history)).toMatchObject({ verdict: 'invalid' });
});

test('fixed windows of known beginning are counted one by one', () => {
  const known = limit({ window: 'fixed', limit: 2, windowMs: 100, originMs: 0 });
  expect(known.check(requests([90, 0, 20, 0]).history)).toMatchObject({ verdict: 'valid' });
  expect(known.check(requests([10, 0, 20, 100]).history)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2', 'o3'],
  });
});

test('a bucket gives what it holds at once, and what flows in meanwhile', () => {
  const bucket = limit({ window: 'bucket', capacity: 2, refillPerSecond: 10 });
  expect(bucket.check(requests([0, 0, 100, 100, 100]).history)).toMatchObject({ verdict: 'valid' });
  expect(bucket.check(requests([0, 0, 0]).history)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2', 'o3'],
    reason: '3 were admitted, 2 at once and 10 per second are allowed',
  });
  expect(bucket.check(requests([0, 0, 95, 95, 40]).history)).toMatchObject({ verdict: 'invalid' });
});

test('a window of any kind is over its limit when no kind explains what was admitted', () => {
  const any = limit({ window: 'any', limit: 2, windowMs: 100 });
  const border = requests([0, 0, 0, 0]);
  expect(sliding.check(border.history)).toMatchObject({ verdict: 'invalid' });
  expect(any.check(border.history)).toMatchObject({ verdict: 'valid' });
  expect(any.check(border.wait(95).ok(1, 'request').ok(1, 'request').ok(1, 'request').history)).toMatchObject(
    { verdict: 'invalid' },
  );
  // Four within 100 ms, and four again: not for windows of any beginning, but for a bucket, if it comes slowly.
  expect(any.check(requests([0, 0, 50, 50, 50, 50]).history)).toMatchObject({ verdict: 'valid' });
});

test('a refusal is wrong when fewer than allowed can have been admitted', () => {
  const strict = limit({ window: 'fixed', limit: 2, windowMs: 100, refusesOnlyAbove: true });
  const early = requests([0]).fail(1, 'request', {}, { status: 429 });
  expect(fixed.check(early.history)).toMatchObject({ verdict: 'valid' });
  expect(strict.check(early.history)).toMatchObject({ verdict: 'invalid', counterexample: ['o2'] });
  expect(strict.check(requests([0, 0]).fail(1, 'request').history)).toMatchObject({ verdict: 'valid' });
  const late = requests([0, 0]).wait(110).fail(1, 'request');
  expect(strict.check(late.history)).toMatchObject({ verdict: 'invalid' });
  const another = requests([0]).fail(1, 'request', {}, { status: 404 });
  expect(strict.check(another.history)).not.toMatchObject({ verdict: 'invalid' });
  // What failed later had been admitted.
  const counted = another.fail(1, 'request', {}, { status: 429 });
  expect(strict.check(counted.history)).not.toMatchObject({ verdict: 'invalid' });
  const unanswered = requests([0]).unknown(1, 'request').fail(1, 'request');
  expect(strict.check(unanswered.history)).toMatchObject({ verdict: 'valid' });
});

test('the history of several runs is judged as one: their keys of one name are one object', () => {
  const first = requests([0, 0]).history;
  const later = requests([50, 0]).history;
  const events = [
    ...first.events,
    ...later.events.map((event) => ({ ...event, op: `second ${'op' in event ? event.op : ''}` })),
  ];
  const whole = { ...first, events } as typeof first;
  expect(sliding.check(whole)).toMatchObject({ verdict: 'invalid' });
});

test('windows without what they need, or of no length, are refused with a code', () => {
  const bad = [
    { window: 'sliding', limit: 3 },
    { window: 'any', windowMs: 100 },
    { window: 'fixed', limit: 3, windowMs: 0 },
    { window: 'fixed', limit: 3, windowMs: 100, begins: 'sometimes' },
    { window: 'bucket', limit: 3 },
    { window: 'bucket', capacity: 3, refillPerSecond: 0 },
    { window: 'monthly', limit: 3, windowMs: 100 },
    { window: 'sliding', limit: 3, windowMs: 100, refusesOnlyAbove: 'yes' },
  ];
  for (const options of bad) {
    const make = () => checkerOf({ checker: 'limit', ...options });
    expect(make).toThrow(expect.objectContaining({ code: 'GNT_CHECKER_OPTIONS' }));
  }
});
