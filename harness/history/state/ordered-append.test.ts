import { expect, test } from '@jest/globals';
import { Recording } from '../simulation/recording.ts';
import { orderedAppend } from './ordered-append.ts';

const judged = ({ history }: Recording) => orderedAppend.check(history);
const append = (recording: Recording, ...values: string[]) =>
  values.reduce((so, value) => so.ok(1, 'append', { value }), recording);
const listed = (recording: Recording, ...value: string[]) => recording.ok(2, 'list', {}, { value });

test('a sequence that grows at its end is as it should be', () => {
  const good = listed(append(new Recording(), 'a', 'b'), 'a', 'b');
  expect(judged(listed(append(good, 'c'), 'a', 'b', 'c'))).toEqual({
    checker: 'ordered-append',
    verdict: 'valid',
    counted: 2,
  });
});

test('an acknowledged append is there, unless it may have been removed', () => {
  expect(judged(listed(append(new Recording(), 'a', 'b'), 'b'))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o3'],
    reason: 'list o3 lacks "a" after append o1 was acknowledged',
  });
  const removed = append(new Recording(), 'a', 'b').unknown(3, 'remove', { value: 'a' });
  expect(judged(listed(removed, 'b'))).toMatchObject({ verdict: 'valid' });
  const cleared = append(append(new Recording(), 'a').unknown(3, 'delete'), 'b');
  expect(judged(listed(cleared, 'b'))).toMatchObject({ verdict: 'valid' });
});

test('nothing is there twice that was appended once, by whichever attempt', () => {
  expect(judged(listed(append(new Recording(), 'a'), 'a', 'a'))).toMatchObject({ verdict: 'invalid' });
  const twice = (idempotencyKey?: string) => {
    const asked = { value: 'a', ...(idempotencyKey ? { idempotencyKey } : {}) };
    return listed(new Recording().unknown(1, 'append', asked).ok(1, 'append', asked), 'a', 'a');
  };
  expect(judged(twice())).not.toMatchObject({ verdict: 'invalid' });
  expect(judged(twice('once'))).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2', 'o3'] });
});

test('what was appended after another was acknowledged stands behind it', () => {
  expect(judged(listed(append(new Recording(), 'a', 'b'), 'b', 'a'))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2', 'o3'],
  });
  const late = new Recording().unknown(1, 'append', { value: 'late' }).ok(2, 'append', { value: 'b' });
  expect(judged(listed(late, 'b', 'late'))).toMatchObject({ verdict: 'valid' });
});

const both = () => {
  const recording = new Recording();
  const one = recording.begin(1, 'append', { value: 'a' });
  const two = recording.begin(2, 'append', { value: 'b' });
  one('ok');
  two('ok');
  return recording;
};

test('appends at once may come in either order, which is then the order for everybody', () => {
  expect(judged(listed(both(), 'a', 'b'))).toMatchObject({ verdict: 'valid' });
  expect(judged(listed(both(), 'b', 'a'))).toMatchObject({ verdict: 'valid' });
  expect(judged(listed(listed(both(), 'a', 'b'), 'b', 'a'))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2', 'o3', 'o4'],
  });
});

test('what comes late comes at the end, and stays', () => {
  const start = () => append(new Recording().unknown(3, 'append', { value: 'late' }), 'a');
  expect(judged(listed(listed(start(), 'a'), 'a', 'late'))).toMatchObject({ verdict: 'valid' });
  expect(judged(listed(listed(start(), 'a'), 'late', 'a'))).toMatchObject({ verdict: 'invalid' });
  expect(judged(listed(listed(start(), 'a', 'late'), 'a'))).toMatchObject({ verdict: 'invalid' });
});

test('what nobody appended is passed over, what the header states is there', () => {
  const foreign = listed(listed(append(new Recording(), 'a'), 'system', 'a'), 'a', 'answer');
  expect(judged(foreign)).toMatchObject({ verdict: 'valid' });
  const stated = () => append(new Recording([], { k: ['old'] }), 'a');
  expect(judged(listed(stated(), 'old', 'a'))).toMatchObject({ verdict: 'valid' });
  expect(judged(listed(stated(), 'a', 'old'))).toMatchObject({ verdict: 'invalid' });
  expect(judged(listed(stated(), 'a'))).toMatchObject({ verdict: 'invalid' });
});

test('without lists of what was appended there is nothing to judge', () => {
  expect(judged(append(new Recording(), 'a'))).toMatchObject({ verdict: 'not-judged', counted: 0 });
  const set = new Recording().ok(1, 'add', { value: 'a' });
  expect(judged(listed(set, 'a'))).toMatchObject({ verdict: 'not-judged' });
});
