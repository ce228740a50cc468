import { expect, test } from '@jest/globals';
import type { CompletionEvent } from '../events.ts';
import { Recording } from '../simulation/recording.ts';
import { allOrNothing } from './all-or-nothing.ts';

/** A request that adds a and b. */
function batch(type: CompletionEvent['type'] = 'ok'): Recording {
  const run = new Recording();
  const ends = ['a', 'b'].map((value) => run.begin(1, 'add', { value, partOf: 'batch' }));
  for (const end of ends) end(type);
  return run;
}
const listed = (run: Recording, value: readonly string[]) =>
  allOrNothing.check(run.ok(2, 'list', {}, { value }).history);

test('both elements of a request are shown, or none while its end is not known', () => {
  expect(listed(batch(), ['b', 'a'])).toMatchObject({ verdict: 'valid', counted: 1 });
  expect(listed(batch('unknown'), []).verdict).toBe('valid');
});

test('one without the other is found, also while the request is under way', () => {
  expect(listed(batch(), ['a'])).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2', 'o3'] });
  expect(listed(batch('unknown'), ['b']).verdict).toBe('invalid');
  const run = new Recording();
  const ends = ['a', 'b'].map((value) => run.begin(1, 'add', { value, partOf: 'batch' }));
  run.ok(2, 'list', {}, { value: ['a'] });
  for (const end of ends) end('ok');
  expect(allOrNothing.check(run.history).verdict).toBe('invalid');
});

test('a removal of the other, or of everything, excuses it', () => {
  expect(listed(batch().ok(1, 'remove', { value: 'b' }), ['a']).verdict).toBe('valid');
  expect(listed(batch().unknown(1, 'delete'), ['a']).verdict).toBe('valid');
  expect(listed(batch().ok(1, 'remove', { value: 'x' }), ['a']).verdict).toBe('invalid');
});

test('of a refused request nothing is shown', () => {
  expect(listed(batch('fail'), []).verdict).toBe('valid');
  expect(listed(batch('fail'), ['a', 'b'])).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o3'],
  });
});

test('without requests of several elements nothing is judged', () => {
  const run = new Recording().ok(1, 'add', { value: 'a' });
  expect(listed(run, []).verdict).toBe('not-judged');
});
