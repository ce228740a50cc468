import { expect, test } from '@jest/globals';
import { callOf, Recording, streamOf } from '../simulation/recording.ts';
import { truncatedComplete } from './truncated-complete.ts';

const whole = { expect: 'one two' };
const cut = { fault: { kind: 'cut' } };

test('a whole answer may be shown as complete', () => {
  const { history } = new Recording()
    .ok(1, 'call', whole, { stream: streamOf(['one ', 'two']) })
    .ok(1, 'call', whole, { value: 'one two' });
  expect(truncatedComplete.check(history)).toMatchObject({ verdict: 'valid', counted: 2 });
});

test('a cut answer may be shown as what it is', () => {
  const { history } = new Recording()
    .ok(1, 'call', whole, { stream: streamOf(['one '], 'error') })
    .unknown(1, 'call', whole, { stream: streamOf(['one '], null) });
  expect(truncatedComplete.check(history, [callOf('o1', cut)])).toMatchObject({
    verdict: 'valid',
    counted: 0,
  });
});

test('a cut answer shown as complete is found, streamed or not', () => {
  const streamed = new Recording().ok(1, 'call', whole, { stream: streamOf(['one ']) });
  expect(truncatedComplete.check(streamed.history)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1'],
    reason: 'call o1 was shown as complete: 4 of 7 characters',
  });
  const json = new Recording().ok(1, 'call', whole, { value: 'one' });
  expect(truncatedComplete.check(json.history)).toMatchObject({ verdict: 'invalid' });
});

test('an answer whose every call upstream was cut is not complete, even with all its text', () => {
  const { history } = new Recording().ok(1, 'call', {}, { stream: streamOf(['one ', 'two']) });
  expect(truncatedComplete.check(history, [callOf('o1', cut)])).toMatchObject({ verdict: 'invalid' });
  const retried = [callOf('o1', cut), callOf('o1', { completedAt: 1_010 })];
  expect(truncatedComplete.check(history, retried)).toMatchObject({ verdict: 'valid' });
});

test('without the whole answer it does not know', () => {
  const { history } = new Recording().ok(1, 'call', {}, { value: 'one' });
  expect(truncatedComplete.check(history)).toMatchObject({ verdict: 'unknown' });
});
