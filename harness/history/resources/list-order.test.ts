import { expect, test } from '@jest/globals';
import { Recording } from '../simulation/recording.ts';
import { listOrder } from './list-order.ts';

const order = (by: string, orderMs = 0) => ({ args: { order: by, orderMs } });
const two = () => new Recording().ok(1, 'add', { value: 'old' }).ok(2, 'add', { value: 'new' });
const verdictOf = (run: Recording) => listOrder.check(run.history).verdict;

test('the newest stands first where that is promised', () => {
  expect(verdictOf(two().ok(1, 'list', order('newest-first'), { value: ['new', 'x', 'old'] }))).toBe('valid');
  const wrong = two().ok(1, 'list', order('newest-first'), { value: ['old', 'new'] });
  expect(listOrder.check(wrong.history)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2', 'o3'],
  });
});

test('the oldest stands first where that is promised', () => {
  expect(verdictOf(two().ok(1, 'list', order('oldest-first'), { value: ['old', 'new'] }))).toBe('valid');
  expect(verdictOf(two().ok(1, 'list', order('oldest-first'), { value: ['new', 'old'] }))).toBe('invalid');
});

test('what was made at the same time may stand either way', () => {
  const run = new Recording();
  const ends = ['a', 'b'].map((value) => run.begin(1, 'add', { value }));
  for (const end of ends) end('ok');
  run.ok(1, 'list', order('newest-first'), { value: ['a', 'b'] });
  run.ok(1, 'list', order('newest-first'), { value: ['b', 'a'] });
  expect(verdictOf(run)).toBe('valid');
  expect(verdictOf(two().ok(1, 'list', order('newest-first', 50), { value: ['old', 'new'] }))).toBe('valid');
});

test('a creation of unknown end has no certain place before others, but behind what had ended', () => {
  const lost = () => new Recording().unknown(1, 'add', { value: 'lost' }).ok(2, 'add', { value: 'new' });
  expect(verdictOf(lost().ok(1, 'list', order('newest-first'), { value: ['lost', 'new'] }))).toBe('valid');
  const later = new Recording().ok(1, 'add', { value: 'old' }).unknown(2, 'add', { value: 'lost' });
  expect(verdictOf(later.ok(1, 'list', order('newest-first'), { value: ['old', 'lost'] }))).toBe('invalid');
});

test('what comes during a walk by cursor may be shown in part, and in another place', () => {
  const run = new Recording().ok(1, 'add', { value: 'old' });
  const end = run.begin(1, 'walk', { args: { order: 'newest-first', paging: 'cursor' } });
  run.ok(2, 'add', { value: 'new' });
  end('ok', { value: ['old', 'new'] });
  expect(verdictOf(run.ok(1, 'list', order('newest-first'), { value: ['new', 'old'] }))).toBe('valid');
});

test('a walk by offset has the order only while nothing comes or goes', () => {
  const walk = { args: { order: 'newest-first', paging: 'offset' } };
  expect(verdictOf(two().ok(1, 'walk', walk, { value: ['old', 'new'] }))).toBe('invalid');
  const run = two();
  const end = run.begin(1, 'walk', walk);
  run.ok(2, 'remove', { value: 'another' }).ok(2, 'add', { value: 'one more' });
  end('ok', { value: ['old', 'new'] });
  expect(verdictOf(run)).not.toBe('invalid');
});

test('a list that promises no order is not judged', () => {
  expect(verdictOf(two().ok(1, 'list', {}, { value: ['old', 'new'] }))).toBe('not-judged');
});
