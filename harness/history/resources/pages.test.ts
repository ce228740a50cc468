import { expect, test } from '@jest/globals';
import { Recording } from '../simulation/recording.ts';
import { pages } from './pages.ts';

const walk = (paging: string) => ({ args: { paging } });
const verdictOf = (recording: Recording) => {
  const { header, events } = recording.history;
  return pages.check({ header: { ...header, initial: { k: ['a', 'b', 'c'] } }, events });
};
const walked = (value: readonly string[], paging = 'offset') =>
  verdictOf(new Recording().ok(1, 'walk', walk(paging), { value }));

test('pages that hold each element once are the list', () => {
  expect(walked(['c', 'b', 'a'])).toMatchObject({ verdict: 'valid', counted: 1 });
});

test('an element that is skipped or shown twice is found when nothing changed', () => {
  expect(walked(['c', 'a'])).toMatchObject({ verdict: 'invalid' });
  expect(walked(['c', 'b', 'b', 'a'])).toMatchObject({ verdict: 'invalid' });
});

test('by offset one insertion may show one element again, and no more', () => {
  const run = (value: readonly string[], paging: string) => {
    const recording = new Recording();
    const end = recording.begin(1, 'walk', walk(paging));
    recording.ok(2, 'add', { value: 'd' });
    end('ok', { value });
    return verdictOf(recording).verdict;
  };
  expect(run(['c', 'b', 'b', 'a'], 'offset')).toBe('valid');
  expect(run(['c', 'b', 'b', 'a', 'a'], 'offset')).toBe('invalid');
  expect(run(['c', 'b', 'b', 'a'], 'cursor')).toBe('invalid');
  expect(run(['c', 'b'], 'offset')).toBe('invalid');
});

test('by offset one removal may hide one element, and no more', () => {
  const run = (value: readonly string[], paging: string) => {
    const recording = new Recording();
    const end = recording.begin(1, 'walk', walk(paging));
    recording.ok(2, 'remove', { value: 'c' });
    end('ok', { value });
    return verdictOf(recording).verdict;
  };
  expect(run(['c', 'a'], 'offset')).toBe('valid');
  expect(run(['c'], 'offset')).toBe('invalid');
  expect(run(['c', 'a'], 'cursor')).toBe('invalid');
});

test('a change of unknown end may come during any later walk', () => {
  const lost = new Recording().unknown(2, 'remove', { value: 'c' });
  expect(verdictOf(lost.ok(1, 'walk', walk('offset'), { value: ['c', 'a'] })).verdict).toBe('valid');
});

test('what was removed before is on no page', () => {
  const run = new Recording()
    .ok(2, 'remove', { value: 'b' })
    .ok(1, 'walk', walk('offset'), { value: ['c', 'b', 'a'] });
  expect(verdictOf(run)).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2'] });
});

test('a creation that is sent again comes once', () => {
  const again = { value: 'd', idempotencyKey: 'k' };
  const run = (value: readonly string[]) =>
    verdictOf(
      new Recording().ok(1, 'add', again).ok(1, 'add', again).ok(1, 'walk', walk('offset'), { value }),
    );
  expect(run(['d', 'c', 'b', 'a']).verdict).toBe('valid');
  expect(run(['d', 'd', 'c', 'b', 'a']).verdict).toBe('invalid');
});

test('a history without walks is not judged', () => {
  expect(verdictOf(new Recording().ok(1, 'list', {}, { value: [] })).verdict).toBe('not-judged');
});
