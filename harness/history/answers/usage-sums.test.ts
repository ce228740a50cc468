import { expect, test } from '@jest/globals';
import type { Json } from '../../plan/json.ts';
import type { Journal } from '../journal.ts';
import { callOf, Recording } from '../simulation/recording.ts';
import { type UsageOptions, usageSums } from './usage-sums.ts';

const usage = { promptTokens: 4, completionTokens: 10 };
const told = (op: string, given = {}) => callOf(op, { usage, saysUsage: true, completedAt: 1_010, ...given });
const account = { account: 'ann', key: 'usage of ann' };
const paid = { account: 'ann' };

/** Two answered calls of ann between two looks at what she has used. */
const looked = (before: Json, after: Json, waitMs = 2_000) =>
  new Recording()
    .ok(1, 'usage', account, { value: before })
    .ok(1, 'call', paid)
    .ok(1, 'call', paid)
    .wait(waitMs)
    .ok(1, 'usage', account, { value: after }).history;
const judged = (after: Json, journal: Journal, waitMs = 2_000, options: UsageOptions = {}) =>
  usageSums(options).check(
    looked({ promptTokens: 1, completionTokens: 1, requests: 7, spend: 1 }, after, waitMs),
    journal,
  );
const twoCalls = [told('o2'), told('o3')];

test('an account that shows what was used is right', () => {
  const right = { promptTokens: 9, completionTokens: 21, requests: 9 };
  expect(judged(right, twoCalls)).toEqual({ checker: 'usage-sums', verdict: 'valid', counted: 2 });
});

test.each([
  ['twice', { completionTokens: 41 }, 'shows 40 completion tokens, of 20 that were asked for'],
  ['never', { promptTokens: 5 }, 'shows 4 prompt tokens, where 8 were answered'],
  ['as too many requests', { requests: 10 }, 'shows 3 requests, of 2 that were asked for'],
  ['as too few requests', { requests: 8 }, 'shows 1 requests, where 2 were answered'],
])('an account that counts a call %s is wrong', (_, after, reason) => {
  expect(judged(after, twoCalls)).toMatchObject({
    verdict: 'invalid',
    reason: expect.stringContaining(reason),
  });
});

test('retries upstream may be paid, or not; what has just been answered may come later', () => {
  const retried = [told('o2', { completedAt: undefined, fault: { kind: 'cut' } }), ...twoCalls];
  expect(judged({ completionTokens: 31, requests: 10 }, retried)).toMatchObject({ verdict: 'valid' });
  expect(judged({ completionTokens: 21 }, retried)).toMatchObject({ verdict: 'valid' });
  expect(judged({ completionTokens: 32 }, retried)).toMatchObject({ verdict: 'invalid' });
  expect(judged({ completionTokens: 1 }, twoCalls, 10)).toMatchObject({ verdict: 'valid' });
  expect(judged({ completionTokens: 1 }, twoCalls, 10, { withinMs: 5 })).toMatchObject({
    verdict: 'invalid',
  });
});

test('what the model did not tell may be missing from an account, or be counted otherwise', () => {
  const untold = [told('o2', { saysUsage: false }), told('o3')];
  expect(judged({ completionTokens: 11 }, untold)).toMatchObject({ verdict: 'valid' });
  expect(judged({ completionTokens: 99 }, untold)).toMatchObject({ verdict: 'valid' });
  expect(judged({ completionTokens: 1 }, untold)).toMatchObject({ verdict: 'invalid' });
});

test('spend is judged by the prices of a token', () => {
  const prices = { promptPrice: 0.1, completionPrice: 0.5 };
  expect(judged({ spend: 11.8 }, twoCalls, 2_000, prices)).toMatchObject({ verdict: 'valid' });
  expect(judged({ spend: 12.8 }, twoCalls, 2_000, prices)).toMatchObject({
    verdict: 'invalid',
    reason: expect.stringContaining('of spend'),
  });
});

test('a look beside the calls may show any of them', () => {
  const recording = new Recording().ok(1, 'usage', account, { value: { requests: 0 } });
  const end = recording.begin(2, 'call', paid);
  recording
    .ok(1, 'usage', account, { value: { requests: 1 } })
    .ok(1, 'usage', account, { value: { requests: 0 } });
  end('ok');
  expect(usageSums().check(recording.history, [told('o2')])).toMatchObject({ verdict: 'valid' });
});

test('a call that begins while somebody looks may show already', () => {
  const recording = new Recording().ok(1, 'usage', account, { value: { requests: 0 } });
  const look = recording.begin(1, 'usage', account);
  recording.ok(2, 'call', paid);
  look('ok', { value: { requests: 1 } });
  expect(usageSums().check(recording.history, [told('o3')])).toMatchObject({ verdict: 'valid' });
});

test('an answer says no more than its calls took, and no less than one of them', () => {
  const said = (completionTokens: number, journal: Journal) => {
    const answer = { usage: { promptTokens: 4, completionTokens } };
    return usageSums().check(new Recording().ok(1, 'call', {}, answer).history, journal);
  };
  expect(said(10, [told('o1')])).toMatchObject({ verdict: 'valid', counted: 1 });
  expect(said(20, [told('o1'), told('o1')])).toMatchObject({ verdict: 'valid' });
  expect(said(20, [told('o1')])).toMatchObject({ verdict: 'invalid', counterexample: ['o1'] });
  expect(said(3, [told('o1')])).toMatchObject({ verdict: 'invalid' });
  expect(said(20, [told('o1', { saysUsage: false })])).toMatchObject({
    verdict: 'not-judged',
    reason: 'the model did not tell what its answers took',
  });
});

test('without a journal, without a beginning, and where nothing is shown nothing is judged', () => {
  const { events } = looked({ requests: 0 }, { requests: 2 });
  const history = looked({ requests: 0 }, { requests: 2 });
  expect(usageSums().check(history)).toMatchObject({ verdict: 'not-judged', reason: 'there is no journal' });
  const late = { ...history, events: events.slice(2) };
  expect(usageSums().check(late, twoCalls)).toMatchObject({
    verdict: 'not-judged',
    reason: 'what accounts had used before is not known',
  });
  const header = { ...history.header, initial: { 'usage of ann': { requests: 0 } } };
  expect(usageSums().check({ ...late, header }, twoCalls)).toMatchObject({ verdict: 'valid' });
  expect(usageSums().check(new Recording().ok(1, 'call').history, twoCalls)).toMatchObject({
    verdict: 'not-judged',
    reason: 'no answer and no account shows its usage',
  });
});
