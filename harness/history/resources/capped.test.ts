import { expect, test } from '@jest/globals';
import { Recording } from '../simulation/recording.ts';
import { capped } from './capped.ts';

const all = { args: { cap: 2 } };
const verdictOf = (run: Recording) => {
  const { header, events } = run.history;
  return capped.check({ header: { ...header, initial: { k: ['a', 'b'] } }, events });
};
const inserted = (...values: readonly string[]) =>
  values.reduce((run, value) => run.ok(1, 'insert', { value }), new Recording());

test('the newest up to the cap are kept', () => {
  expect(verdictOf(inserted('c').ok(2, 'walk', all, { value: ['c', 'b'] }))).toMatchObject({
    verdict: 'valid',
  });
  expect(verdictOf(inserted('c', 'd', 'e').ok(2, 'walk', all, { value: ['e', 'd'] })).verdict).toBe('valid');
});

test('more than the cap, a dropped new one and a kept old one are found', () => {
  expect(verdictOf(inserted('c').ok(2, 'walk', all, { value: ['c', 'b', 'a'] })).verdict).toBe('invalid');
  expect(verdictOf(inserted('c').ok(2, 'walk', all, { value: ['b', 'a'] })).verdict).toBe('invalid');
  expect(verdictOf(inserted('c', 'd', 'e').ok(2, 'walk', all, { value: ['e', 'c'] })).verdict).toBe(
    'invalid',
  );
});

test('fewer than are kept are too few, unless room is being made', () => {
  expect(verdictOf(inserted('c').ok(2, 'walk', all, { value: ['c'] })).verdict).toBe('invalid');
  const run = inserted('c');
  const end = run.begin(1, 'insert', { value: 'd' });
  run.ok(2, 'walk', all, { value: ['c'] });
  end('ok');
  expect(verdictOf(run).verdict).toBe('valid');
});

test('an insertion of unknown end may have pushed others out', () => {
  const run = inserted('c', 'd').unknown(1, 'insert', { value: 'e' });
  expect(verdictOf(run.ok(2, 'walk', all, { value: ['e', 'd'] })).verdict).toBe('valid');
  expect(verdictOf(run.ok(2, 'walk', all, { value: ['d', 'c'] })).verdict).toBe('valid');
});

test('where elements are removed, or none has a cap, nothing is judged', () => {
  const removed = inserted('c')
    .ok(1, 'remove', { value: 'c' })
    .ok(2, 'walk', all, { value: ['b'] });
  expect(verdictOf(removed).verdict).toBe('not-judged');
  expect(verdictOf(inserted('c').ok(2, 'walk', {}, { value: [] })).verdict).toBe('not-judged');
});
