import { expect, test } from '@jest/globals';
import { callOf, Recording } from '../simulation/recording.ts';
import { limit } from './limit.ts';

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
