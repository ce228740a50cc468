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
    verdict: 'not-judged',
    reason: 'no answer that was shown as complete',
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

test('who goes by the finish_reason has the whole answer where only [DONE] was lost', () => {
  const { history } = new Recording().ok(1, 'call', {}, { stream: streamOf(['one ', 'two']) });
  const usage = { promptTokens: 1, completionTokens: 2 };
  const after = (framesSent: number) => [callOf('o1', { ...cut, usage, framesSent })];
  expect(truncatedComplete.check(history, after(4))).toMatchObject({ verdict: 'valid' });
  expect(truncatedComplete.check(history, after(3))).toMatchObject({ verdict: 'invalid' });
});

test('a frame that the wire made unreadable is not missing from the answer', () => {
  const { history } = new Recording().ok(1, 'call', whole, { stream: streamOf(['one ']) });
  const malformed = {
    on: 'stream',
    through: 'wire',
    link: 'client>gateway',
    target: { operation: 'o1' },
    effect: { kind: 'malformed', frame: 2 },
    revertAfterMs: 500,
  } as const;
  const fired = { type: 'fault', id: 'f1', at: 1_002, state: 'fired', fault: malformed } as const;
  const disturbed = { ...history, events: [...history.events, fired] };
  expect(truncatedComplete.check(disturbed)).toMatchObject({ verdict: 'not-judged' });
});

test('without the whole answer nothing is judged', () => {
  const { history } = new Recording().ok(1, 'call', {}, { value: 'one' });
  expect(truncatedComplete.check(history)).toMatchObject({
    verdict: 'not-judged',
    reason: 'the whole answer is not known',
    counted: 0,
  });
});
