import { expect, test } from '@jest/globals';
import { Recording } from '../simulation/recording.ts';
import { totals } from './totals.ts';

const verdictOf = (recording: Recording, initial?: readonly string[]) => {
  const { header, events } = recording.history;
  return totals.check({ header: { ...header, ...(initial ? { initial: { k: initial } } : {}) }, events });
};

test('a total is the number of elements', () => {
  const run = new Recording().ok(1, 'add', { value: 'b' }).ok(2, 'total', {}, { value: 2 });
  expect(verdictOf(run, ['a'])).toMatchObject({ verdict: 'valid', counted: 1 });
});

test('a total that leaves out what was acknowledged is too low', () => {
  const run = new Recording().ok(1, 'add', { value: 'b' }).ok(2, 'total', {}, { value: 1 });
  expect(verdictOf(run, ['a'])).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2'] });
  expect(verdictOf(new Recording().ok(2, 'total', {}, { value: 0 }), ['a']).verdict).toBe('invalid');
});

test('a total that keeps what was removed is too high', () => {
  const run = new Recording().ok(1, 'remove', { value: 'a' }).ok(2, 'total', {}, { value: 1 });
  expect(verdictOf(run, ['a'])).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2'] });
  const cleared = new Recording().ok(1, 'delete').ok(2, 'total', {}, { value: 1 });
  expect(verdictOf(cleared, ['a']).verdict).toBe('invalid');
});

test('what is under way or of unknown end may count or not', () => {
  for (const value of [1, 2]) {
    const lost = new Recording().unknown(1, 'add', { value: 'b' }).ok(2, 'total', {}, { value });
    expect(verdictOf(lost, ['a']).verdict).toBe('valid');
    const removed = new Recording()
      .unknown(1, 'remove', { value: 'a' })
      .ok(2, 'total', {}, { value: value - 1 });
    expect(verdictOf(removed, ['a']).verdict).toBe('valid');
  }
});

test('refused changes and those sent again under one key do not count', () => {
  const again = { value: 'b', idempotencyKey: 'k' };
  const run = (value: number) =>
    new Recording()
      .fail(1, 'add', { value: 'c' })
      .ok(1, 'add', again)
      .ok(1, 'add', again)
      .ok(2, 'total', {}, { value });
  expect(verdictOf(run(2), ['a']).verdict).toBe('valid');
  expect(verdictOf(run(3), ['a']).verdict).toBe('invalid');
});

test('without a known beginning only the lower bound holds', () => {
  expect(verdictOf(new Recording().ok(2, 'total', {}, { value: 9 })).verdict).toBe('valid');
  const run = new Recording().ok(1, 'add', { value: 'b' }).ok(2, 'total', {}, { value: 0 });
  expect(verdictOf(run).verdict).toBe('invalid');
});

test('where nobody asked for a total nothing is judged', () => {
  expect(verdictOf(new Recording().ok(1, 'add', { value: 'b' })).verdict).toBe('not-judged');
});
