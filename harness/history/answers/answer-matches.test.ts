import { expect, test } from '@jest/globals';
import type { Journal } from '../journal.ts';
import { type Answered, callOf, Recording, streamOf } from '../simulation/recording.ts';
import { answerMatches } from './answer-matches.ts';

const mine = 'secret-1 w1 w2';
const yours = 'secret-2 w1 w2';
const asked = () => new Recording().ok(2, 'call', { expect: yours }, { value: yours });
const expecting = (answer: Answered) =>
  answerMatches.check(asked().ok(1, 'call', { expect: mine }, answer).history);

const journalOf = (...mineUpstream: Journal): Journal => [
  callOf('o1', { answerText: yours, completedAt: 1_001 }),
  ...mineUpstream,
];
const answered = callOf('o2', { answerText: mine, completedAt: 1_010 });
const failed = callOf('o2', { status: 503, framesSent: 0 });
const worded = (value: string, ...calls: Journal) =>
  answerMatches.check(
    new Recording().ok(2, 'call', {}, { value: yours }).ok(1, 'call', {}, { value }).history,
    journalOf(...calls),
  );

test('the answer that was asked for is the right one, streamed or not', () => {
  expect(expecting({ value: mine })).toEqual({ checker: 'answer-matches', verdict: 'valid', counted: 2 });
  expect(expecting({ stream: streamOf(['secret-1 ', 'w1 ', 'w2']) })).toMatchObject({ verdict: 'valid' });
  expect(worded(mine, answered)).toMatchObject({ verdict: 'valid', counted: 2 });
});

test.each([
  ['another one', { value: 'four five six' }, 'got "four five six", where the answer is "secret-1 w1 w2"', 1],
  ["somebody else's", { value: yours }, 'got the answer to o1', 2],
  ["somebody else's, streamed", { stream: streamOf([yours]) }, 'got the answer to o1', 2],
  ['its own twice', { value: mine + mine }, 'got its answer twice', 1],
  ['nothing', { value: '' }, 'got "", where the answer is', 1],
] as const)('who expects an answer does not take %s', (_, answer, reason, operations) => {
  const verdict = expecting(answer);
  expect(verdict).toMatchObject({ verdict: 'invalid', reason: expect.stringContaining(reason) });
  expect(verdict.counterexample).toHaveLength(operations);
});

test.each([
  ["somebody else's", yours, [answered], 'got the answer to o1'],
  ['twice its own', mine + mine, [answered], 'got its answer twice'],
  ['nothing', '', [answered], 'got nothing, where the answer is'],
  ['an invented one', 'all is well', [failed, failed], 'though every call upstream failed'],
] as const)('by the journal, %s is not the answer', (_, value, calls, reason) => {
  expect(worded(value, ...calls)).toMatchObject({
    verdict: 'invalid',
    reason: expect.stringContaining(reason),
  });
});

test('by the journal alone, a subject may word answers anew, join those of several calls, and say nothing of nothing', () => {
  expect(worded('In short: w1', answered)).toMatchObject({ verdict: 'valid' });
  expect(worded(mine + mine, answered, answered)).toMatchObject({ verdict: 'valid' });
  expect(worded('', callOf('o2', { answerText: '', completedAt: 1_010 }))).toMatchObject({
    verdict: 'valid',
  });
  expect(worded(mine, failed, answered)).toMatchObject({ verdict: 'valid' });
});

test('short answers may be the same by chance', () => {
  const { history } = new Recording().ok(1, 'call', {}, { value: 'yes' }).ok(1, 'call', {}, { value: 'yes' });
  const journal = [callOf('o1', { answerText: 'yes' }), callOf('o2', { answerText: 'Yes!' })];
  expect(answerMatches.check(history, journal)).toMatchObject({ verdict: 'valid' });
});

test('what was not answered in full, and what nobody knows, is not judged', () => {
  const cut = new Recording().unknown(1, 'call', { expect: mine }, { stream: streamOf(['other'], null) });
  expect(answerMatches.check(cut.history)).toMatchObject({
    verdict: 'not-judged',
    reason: 'no call that was answered in full',
    counted: 0,
  });
  const unknown = new Recording().ok(1, 'call', {}, { value: mine });
  expect(answerMatches.check(unknown.history, [])).toMatchObject({ verdict: 'not-judged', counted: 0 });
});
