import { expect, test } from '@jest/globals';
import type { JournalEntry } from '../journal.ts';
import { callOf, Recording } from '../simulation/recording.ts';
import { cancelUpstream } from './cancel-upstream.ts';

const { history } = new Recording().unknown(1, 'call', {}, { abortedAt: 2_000 }).ok(2, 'call');
const judged = (call: Partial<JournalEntry>) =>
  cancelUpstream({ withinMs: 500 }).check(history, [callOf('o1', call)]);

test('a call that is hung up in time, or had ended before, is cancelled', () => {
  expect(judged({ hungUpAt: 2_400 })).toEqual({ checker: 'cancel-upstream', verdict: 'valid', counted: 1 });
  expect(judged({ completedAt: 1_900 })).toMatchObject({ verdict: 'valid' });
  expect(judged({ fault: { kind: 'cut' } })).toMatchObject({ verdict: 'valid' });
});

test('an abort before anything went upstream has nothing to cancel', () => {
  expect(cancelUpstream({ withinMs: 500 }).check(history, [])).toMatchObject({ verdict: 'valid' });
});

test.each([
  ['hung up late', { hungUpAt: 2_600 }, 'went on for 600 ms'],
  ['answered to the end, to nobody', { completedAt: 9_000 }, 'went on for 7000 ms'],
  ['never hung up', {}, 'was never hung up'],
  ['begun long after the abort', { arrivedAt: 2_700, hungUpAt: 2_701 }, 'began 700 ms later'],
])('a call that is %s is not cancelled', (_, call, reason) => {
  expect(judged(call)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1'],
    reason: expect.stringContaining(reason),
  });
});

test('without a journal it does not know, without aborts there is nothing to know', () => {
  expect(cancelUpstream({ withinMs: 500 }).check(history)).toMatchObject({ verdict: 'unknown' });
  const calm = new Recording().ok(1, 'call');
  expect(cancelUpstream({ withinMs: 500 }).check(calm.history)).toMatchObject({
    verdict: 'valid',
    counted: 0,
  });
});
