import { expect, test } from '@jest/globals';
import { Recording } from '../simulation/recording.ts';
import { duplicateEffect } from './duplicate-effect.ts';

const judged = ({ history }: Recording) => duplicateEffect.check(history);

test('an element that was added once is there once', () => {
  const start = () => new Recording().ok(1, 'add', { value: 'a' });
  expect(judged(start().ok(1, 'list', {}, { value: ['a', 'b', 'b'] }))).toMatchObject({ verdict: 'valid' });
  expect(judged(start().ok(1, 'list', {}, { value: ['a', 'b', 'a'] }))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2'],
    reason: 'list o2 shows "a" 2 times, it was added once',
  });
});

test('what was asked for twice may be there twice, a repeat with the idempotency key may not', () => {
  const twice = (idempotencyKey?: string) => {
    const asked = { value: 'a', ...(idempotencyKey ? { idempotencyKey } : {}) };
    return new Recording()
      .ok(1, 'add', asked)
      .unknown(2, 'add', asked)
      .ok(1, 'list', {}, { value: ['a', 'a'] });
  };
  expect(judged(twice())).toMatchObject({ verdict: 'valid' });
  expect(judged(twice('once'))).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2', 'o3'] });
});

test('two lists that show an element once each are no duplicate', () => {
  const good = new Recording()
    .ok(1, 'add', { value: 'a' })
    .ok(1, 'list', {}, { value: ['a'] })
    .ok(1, 'list', {}, { value: ['a'] });
  expect(judged(good)).toMatchObject({ verdict: 'valid' });
});

test('a counter is not above what was asked for, refused increments left out', () => {
  const start = () =>
    new Recording([], { k: 0 }).ok(1, 'increment').unknown(1, 'increment').fail(1, 'increment');
  expect(judged(start().ok(1, 'count', {}, { value: 2 }))).toMatchObject({ verdict: 'valid' });
  expect(judged(start().ok(1, 'count', {}, { value: 3 }))).toMatchObject({ verdict: 'invalid' });
  const repeated = new Recording([], { k: 0 })
    .unknown(1, 'increment', { idempotencyKey: 'i' })
    .ok(1, 'increment', { idempotencyKey: 'i' })
    .ok(1, 'count', {}, { value: 2 });
  expect(judged(repeated)).toMatchObject({ verdict: 'invalid' });
});

test('one idempotency key has one result', () => {
  const both = (one: string, other: string) =>
    new Recording()
      .ok(1, 'other', { idempotencyKey: 'i' }, { value: one })
      .ok(2, 'other', { idempotencyKey: 'i' }, { value: other });
  expect(judged(both('m1', 'm1'))).toMatchObject({ verdict: 'valid' });
  expect(judged(both('m1', 'm2'))).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2'] });
});

test('where nobody said what a counter began at, its lowest count is what it can have begun at', () => {
  const counts = (...values: number[]) =>
    values.reduce(
      (recording, value) => recording.ok(2, 'count', {}, { value }),
      new Recording().ok(1, 'increment'),
    );
  expect(judged(counts(7))).toMatchObject({ verdict: 'not-judged' });
  expect(judged(counts(7, 8))).toMatchObject({ verdict: 'valid', counted: 2 });
  expect(judged(counts(7, 9))).toMatchObject({ verdict: 'invalid' });
});

test('an element that was there before may be there once more', () => {
  const old = new Recording().ok(1, 'list', {}, { value: ['a'] }).ok(1, 'add', { value: 'a' });
  expect(judged(old.ok(1, 'list', {}, { value: ['a', 'a'] }))).not.toMatchObject({ verdict: 'invalid' });
});
