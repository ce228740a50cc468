import { expect, test } from '@jest/globals';
import type { JournalEntry } from '../journal.ts';
import { callOf, Recording, streamOf } from '../simulation/recording.ts';
import { cancelUpstream } from './cancel-upstream.ts';

const { history } = new Recording().unknown(1, 'call', {}, { abortedAt: 2_000 }).ok(2, 'call');
const judged = (call: Partial<JournalEntry>) =>
  cancelUpstream({ withinMs: 500 }).check(history, [callOf('o1', call)]);

const judgedBy = (given: typeof history, ...journal: readonly JournalEntry[]) =>
  cancelUpstream({ withinMs: 500 }).check(given, journal);

test('a call that is hung up in time, or ends by itself by then, is cancelled', () => {
  expect(judged({ hungUpAt: 2_400 })).toEqual({ checker: 'cancel-upstream', verdict: 'valid', counted: 1 });
  expect(judged({ completedAt: 2_300 })).toMatchObject({ verdict: 'valid' });
  expect(judged({ arrivedAt: 2_400, hungUpAt: 2_800 })).toMatchObject({ verdict: 'valid' });
});

test.each([
  ['had ended before', [callOf('o1', { completedAt: 1_900 })], 'no abort met a call that was under way'],
  ['was cut upstream', [callOf('o1', { fault: { kind: 'cut' } })], 'no abort met a call that was under way'],
  ['is not in the journal', [callOf('o2')], 'the journal has no call of an aborted operation'],
])('an abort whose call %s shows nothing', (_, journal, reason) => {
  expect(judgedBy(history, ...journal)).toEqual({
    checker: 'cancel-upstream',
    verdict: 'not-judged',
    reason,
    counted: 0,
  });
});

test('a worker that is stopped cannot pass a hang-up on', () => {
  const stop = { on: 'worker', action: 'stop', service: 's', worker: 1, revertAfterMs: 500 } as const;
  const stopped = { type: 'fault', id: 'f1', at: 2_000, state: 'fired', fault: stop, proof: {} } as const;
  const disturbed = { ...history, events: [...history.events, stopped] };
  const call = callOf('o1', { hungUpAt: 2_900 });
  expect(judgedBy(disturbed, call)).toMatchObject({
    verdict: 'not-judged',
    reason: 'faults were near all aborts',
  });
  expect(judgedBy(history, call)).toMatchObject({ verdict: 'invalid' });
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

test('without a journal, and without aborts, nothing is judged', () => {
  expect(cancelUpstream({ withinMs: 500 }).check(history)).toMatchObject({
    verdict: 'not-judged',
    reason: 'there is no journal',
  });
  const calm = new Recording().ok(1, 'call');
  expect(judgedBy(calm.history, callOf('o1'))).toMatchObject({
    verdict: 'not-judged',
    reason: 'no client hung up',
    counted: 0,
  });
});

test('where hang-ups are passed on from the first frame only, others are not judged', () => {
  const recording = new Recording();
  const early = recording.begin(1, 'call');
  early('unknown', { abortedAt: 1_002 });
  const journal = [callOf('o1', { arrivedAt: 1_001, completedAt: 9_000 })];
  const late = cancelUpstream({ withinMs: 100, sinceFirstFrame: true });
  expect(late.check(recording.history, journal)).toMatchObject({
    verdict: 'not-judged',
    reason: 'no client had seen a frame when it hung up',
  });
  expect(cancelUpstream({ withinMs: 100 }).check(recording.history, journal)).toMatchObject({
    verdict: 'invalid',
  });
  const seen = new Recording();
  seen.begin(1, 'call')('unknown', { abortedAt: 1_002, stream: streamOf(['one'], null) });
  expect(late.check(seen.history, journal)).toMatchObject({ verdict: 'invalid' });
});
