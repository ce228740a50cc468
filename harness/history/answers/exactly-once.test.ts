import { expect, test } from '@jest/globals';
import type { Journal } from '../journal.ts';
import { callOf, Recording } from '../simulation/recording.ts';
import { exactlyOnce } from './exactly-once.ts';

const { history } = new Recording().ok(1, 'call').unknown(1, 'call').ok(1, 'read');
const judged = (journal: Journal) => exactlyOnce.check(history, journal);
const done = { completedAt: 1_500 };

test('one call for what ended well, none or one for what did not', () => {
  expect(judged([callOf('o1', done)])).toEqual({ checker: 'exactly-once', verdict: 'valid', counted: 2 });
  expect(judged([callOf('o1', done), callOf('o2', done)])).toMatchObject({ verdict: 'valid' });
});

test('attempts that failed upstream may be repeated, calls of other kinds do not count', () => {
  const attempts = [
    callOf('o1', { status: 503 }),
    callOf('o1', { fault: { kind: 'cut' } }),
    callOf('o1', { hungUpAt: 1_200 }),
    callOf('o1', { kind: 'routing' }),
    callOf('o1', done),
  ];
  expect(judged(attempts)).toMatchObject({ verdict: 'valid' });
});

test('two answers upstream are one too many', () => {
  expect(judged([callOf('o1', done), callOf('o1', done)])).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1'],
    reason: 'call o1 was answered upstream 2 times',
  });
  const unknown = [callOf('o1', done), callOf('o2', done), callOf('o2', done)];
  expect(judged(unknown)).toMatchObject({ verdict: 'invalid', counterexample: ['o2'] });
});

test('an answer that nobody gave is invented', () => {
  expect(judged([])).toMatchObject({
    verdict: 'invalid',
    reason: expect.stringContaining('nothing was asked'),
  });
  expect(judged([callOf('o1', { status: 500 })])).toMatchObject({
    verdict: 'invalid',
    reason: expect.stringContaining('every call upstream failed'),
  });
});

test('near a fault an answer may have been lost on its way to the subject, and asked for again', () => {
  const cut = {
    on: 'stream',
    through: 'wire',
    link: 'gateway>provider',
    target: { operation: 'o1' },
    effect: { kind: 'cut', afterFrames: 0, by: 'rst' },
    revertAfterMs: 500,
  } as const;
  const fired = { type: 'fault', id: 'f1', at: 1_001, state: 'fired', fault: cut, proof: {} } as const;
  const disturbed = { ...history, events: [fired, ...history.events] };
  const twice = [callOf('o1', done), callOf('o1', done)];
  expect(exactlyOnce.check(disturbed, twice)).toMatchObject({ verdict: 'valid' });
  expect(exactlyOnce.check(disturbed, [])).toMatchObject({ verdict: 'invalid' });
});

test('a call that may still be answered is neither missing nor one too many', () => {
  expect(judged([callOf('o1')])).toMatchObject({ verdict: 'valid' });
  expect(judged([callOf('o1', done), callOf('o1')])).toMatchObject({ verdict: 'valid' });
});

test('without a journal nothing is judged', () => {
  expect(exactlyOnce.check(history)).toMatchObject({
    verdict: 'not-judged',
    reason: 'there is no journal',
    counted: 0,
  });
});
