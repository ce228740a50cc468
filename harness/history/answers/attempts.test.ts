import { expect, test } from '@jest/globals';
import { checkerOf } from '../checkers.ts';
import type { Journal } from '../journal.ts';
import { callOf, Recording } from '../simulation/recording.ts';
import { attempts } from './attempts.ts';

const { history } = new Recording().ok(1, 'call').ok(2, 'call').fail(1, 'call').ok(1, 'read');
const rested = attempts({ most: 2, restMs: 1_000, learnedMs: 100 });
const judged = (journal: Journal, checker = rested) => checker.check(history, journal);
const refusal = callOf('o1', { status: 429, keySha256: 'a', arrivedAt: 1_000, completedAt: 1_010 });
const other = callOf('o1', { keySha256: 'b', arrivedAt: 1_020 });

test('an attempt with another key after a refusal is what keys are for', () => {
  expect(judged([refusal, other])).toEqual({ checker: 'attempts', verdict: 'valid', counted: 1 });
});

test('one attempt more than allowed is one too many, whatever became of them', () => {
  const failed = callOf('o1', { status: 503 });
  expect(judged([failed, failed])).toMatchObject({ verdict: 'valid' });
  expect(judged([failed, failed, failed])).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1'],
    reason: 'call o1 was tried upstream 3 times',
  });
});

test('a key that was refused is left alone by every call, until it has rested', () => {
  const again = (arrivedAt: number) => callOf('o2', { keySha256: 'a', arrivedAt });
  expect(judged([refusal, other, again(1_500)])).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2'],
    reason: expect.stringContaining('490 ms after'),
  });
  expect(judged([refusal, other, again(2_010)])).toMatchObject({ verdict: 'valid' });
});

test('so long after the refusal others may not know of it yet', () => {
  const soon = callOf('o2', { keySha256: 'a', arrivedAt: 1_100 });
  expect(judged([refusal, other, soon])).toMatchObject({ verdict: 'valid' });
  const strict = attempts({ most: 2, restMs: 1_000 });
  expect(judged([refusal, other, soon], strict)).toMatchObject({ verdict: 'invalid' });
});

test('the call that was refused may not ask the same key again either', () => {
  const again = callOf('o1', { keySha256: 'a', arrivedAt: 1_300 });
  expect(judged([refusal, again])).toMatchObject({ verdict: 'invalid', counterexample: ['o1'] });
});

test('other errors, other keys and entries without a key make nobody rest', () => {
  const failing = callOf('o1', { status: 503, keySha256: 'a', arrivedAt: 1_000 });
  const later = callOf('o2', { keySha256: 'a', arrivedAt: 1_500 });
  expect(judged([failing, later])).toMatchObject({ verdict: 'valid' });
  const nobody = callOf('o1', { status: 429, keySha256: null, arrivedAt: 1_000 });
  expect(judged([nobody, callOf('o2', { keySha256: null, arrivedAt: 1_500 })])).toMatchObject({
    verdict: 'valid',
  });
});

test('calls that never reached the model are not judged', () => {
  expect(judged([])).toMatchObject({ verdict: 'not-judged', counted: 0 });
  expect(checkerOf({ checker: 'attempts', most: 1 }).check(history, [])).toMatchObject({
    verdict: 'not-judged',
  });
});
