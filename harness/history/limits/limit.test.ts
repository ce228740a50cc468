import { expect, test } from '@jest/globals';
import { callOf, Recording } from '../simulation/recording.ts';
import { checkerOf } from '../checkers.ts';
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

test('what is held at once counts from the end of acquire to the beginning of release', () => {
  const one = limit({ window: 'concurrent', limit: 1 });
  const good = new Recording().ok(1, 'acquire').fail(2, 'acquire').ok(1, 'release').ok(2, 'acquire');
  expect(one.check(good.history)).toMatchObject({ verdict: 'valid', counted: 2 });
  const bad = new Recording().ok(1, 'acquire').ok(2, 'acquire').ok(1, 'release');
  expect(one.check(bad.history)).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2'] });
  const alone = new Recording().ok(1, 'acquire').ok(1, 'release').ok(2, 'acquire');
  expect(one.check(alone.history)).toMatchObject({ verdict: 'not-judged' });
});

test('a lease may run from the moment in which it was asked for', () => {
  const leased = limit({ window: 'concurrent', limit: 1, leaseMs: 50 });
  const slow = new Recording();
  const end = slow.begin(1, 'acquire');
  slow.wait(40);
  end('ok');
  expect(leased.check(slow.wait(20).ok(2, 'acquire').history)).not.toMatchObject({ verdict: 'invalid' });
  const early = new Recording().ok(1, 'acquire').wait(30).ok(2, 'acquire');
  expect(leased.check(early.history)).toMatchObject({ verdict: 'invalid' });
});

test('a release after an acquire without an answer may free what another acquire holds', () => {
  const one = limit({ window: 'concurrent', limit: 1 });
  const { history } = new Recording()
    .unknown(1, 'acquire')
    .ok(1, 'acquire')
    .ok(1, 'release')
    .ok(2, 'acquire');
  expect(one.check(history)).not.toMatchObject({ verdict: 'invalid' });
  const others = new Recording().ok(1, 'acquire').ok(3, 'release').ok(2, 'acquire');
  expect(one.check(others.history)).not.toMatchObject({ verdict: 'invalid' });
});

test('who is refused although nothing can be held is refused wrongly', () => {
  const strict = limit({ window: 'concurrent', limit: 1, refusesOnlyAbove: true });
  const freed = new Recording().ok(1, 'acquire').ok(1, 'release').fail(2, 'acquire');
  expect(strict.check(freed.history)).toMatchObject({ verdict: 'invalid', counterexample: ['o3'] });
  const perhaps = new Recording().ok(1, 'acquire').unknown(1, 'release').fail(2, 'acquire');
  expect(strict.check(perhaps.history)).toMatchObject({ verdict: 'valid' });
});

const oneUpstream = limit({ window: 'concurrent', limit: 1 });
const twoCalls = (outcome: 'ok' | 'unknown', abortedAt?: number) => {
  const recording = new Recording();
  const first = recording.begin(1, 'call');
  const second = recording.begin(2, 'call');
  first(outcome, abortedAt === undefined ? {} : { abortedAt });
  second('ok');
  return recording.history;
};

test('calls that are upstream at the same time count as held', () => {
  const upstream = (secondAt: number) => [
    callOf('o1', { arrivedAt: 10, completedAt: 20 }),
    callOf('o2', { arrivedAt: secondAt, completedAt: 40 }),
  ];
  expect(oneUpstream.check(twoCalls('ok'), upstream(20))).toMatchObject({ verdict: 'valid', counted: 2 });
  expect(oneUpstream.check(twoCalls('ok'), upstream(19))).toMatchObject({ verdict: 'invalid' });
});

test('a call whose client hung up is held until then, not until the provider noticed', () => {
  const upstream = [
    callOf('o1', { arrivedAt: 5, hungUpAt: 10.5 }),
    callOf('o2', { arrivedAt: 10, completedAt: 40 }),
  ];
  expect(oneUpstream.check(twoCalls('unknown', 9.9), upstream)).toMatchObject({ verdict: 'valid' });
  expect(oneUpstream.check(twoCalls('unknown', 10.2), upstream)).toMatchObject({ verdict: 'invalid' });
});

test('a call that somebody else cut may have been free before the provider noticed', () => {
  const upstream = [
    callOf('o1', { arrivedAt: 5, hungUpAt: 10.5 }),
    callOf('o2', { arrivedAt: 10, completedAt: 40 }),
  ];
  expect(oneUpstream.check(twoCalls('unknown'), upstream)).toMatchObject({ verdict: 'valid' });
  expect(oneUpstream.check(twoCalls('ok'), upstream)).toMatchObject({ verdict: 'valid' });
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
