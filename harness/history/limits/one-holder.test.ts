import { expect, test } from '@jest/globals';
import { Recording } from '../simulation/recording.ts';
import { oneHolder } from './one-holder.ts';

const judged = ({ history }: Recording, ttlMs?: number) =>
  oneHolder(ttlMs === undefined ? {} : { ttlMs }).check(history);
const held = () => new Recording().ok(1, 'acquire');
const valid = { verdict: 'valid' };
const invalid = { verdict: 'invalid' };

test('a lease that is refused while it is held, and given when it is free, has one holder', () => {
  const good = held().fail(2, 'acquire').ok(1, 'release').ok(2, 'acquire');
  expect(judged(good)).toEqual({ checker: 'one-holder', verdict: 'valid', counted: 2 });
});

test('a lease that is given to another while it is held has two', () => {
  expect(judged(held().ok(2, 'acquire'))).toMatchObject({ ...invalid, counterexample: ['o1', 'o2'] });
  expect(judged(held().ok(2, 'acquire', { key: 'other' }))).toMatchObject({ verdict: 'not-judged' });
  const named = new Recording().ok(1, 'acquire', { value: 'ann' }).ok(2, 'acquire', { value: 'ann' });
  expect(judged(named)).toMatchObject({ verdict: 'not-judged' });
});

test('a holder who asks again renews', () => {
  const renewed = held().wait(60).ok(1, 'acquire').wait(60).fail(2, 'acquire');
  expect(judged(renewed, 100)).toMatchObject(valid);
  expect(judged(held().wait(60).ok(1, 'acquire').wait(60).ok(2, 'acquire'), 100)).toMatchObject({
    ...invalid,
    counterexample: ['o2', 'o3'],
  });
});

test('a lease that has run out is free, counted from when it was asked for', () => {
  expect(judged(held().wait(110).ok(2, 'acquire').fail(1, 'acquire'), 100)).toMatchObject(valid);
  expect(judged(held().wait(80).ok(2, 'acquire'), 100)).toMatchObject(invalid);
  const slow = new Recording();
  const given = slow.begin(1, 'acquire');
  slow.wait(80);
  given('ok');
  expect(judged(slow.wait(40).ok(2, 'acquire'), 100)).not.toMatchObject(invalid);
});

test("who renews a lease that had run out and is another's now holds what is not its own", () => {
  const late = held().wait(110).ok(2, 'acquire').ok(1, 'acquire');
  expect(judged(late, 100)).toMatchObject({ ...invalid, counterexample: ['o2', 'o3'] });
});

test('an acquire or a release without an answer may have happened, and may still', () => {
  expect(judged(new Recording().unknown(1, 'acquire').fail(2, 'acquire'))).not.toMatchObject(invalid);
  expect(judged(held().unknown(1, 'release').ok(2, 'acquire'))).not.toMatchObject(invalid);
  const later = held().unknown(1, 'release').ok(1, 'acquire').ok(2, 'acquire');
  expect(judged(later)).not.toMatchObject(invalid);
});

test('tokens grow from holder to holder', () => {
  const tokens = (first: number, second: number) =>
    new Recording()
      .ok(1, 'acquire', {}, { value: first })
      .ok(1, 'release')
      .ok(2, 'acquire', {}, { value: second });
  expect(judged(tokens(1, 2))).toMatchObject(valid);
  expect(judged(tokens(1, 1))).toMatchObject({ ...invalid, counterexample: ['o1', 'o3'] });
  expect(judged(tokens(2, 1))).toMatchObject(invalid);
  const renewed = new Recording().ok(1, 'acquire', {}, { value: 4 }).ok(1, 'acquire', {}, { value: 4 });
  expect(judged(renewed.fail(2, 'acquire'))).toMatchObject(valid);
});

test('a lease that nobody else asked for is not judged', () => {
  expect(judged(held().ok(1, 'release'))).toMatchObject({
    verdict: 'not-judged',
    reason: 'nobody asked for a lease that another held',
  });
  expect(judged(new Recording())).toMatchObject({ verdict: 'not-judged', reason: 'no lease was given' });
});
