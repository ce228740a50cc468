import { expect, test } from '@jest/globals';
import { Recording } from '../simulation/recording.ts';
import { type JobOptions, jobs } from './jobs.ts';

const judged = ({ history }: Recording, options: Partial<JobOptions> = {}) =>
  jobs({ delivery: 'exactly-once', ...options }).check(history);
const put = (...names: readonly string[]) =>
  names.reduce((all, value) => all.ok(1, 'enqueue', { value }), new Recording());
const valid = { verdict: 'valid' };
const invalid = { verdict: 'invalid' };
const empty = { value: null };

test('jobs that are delivered once each, until the queue is empty, are as promised', () => {
  const good = put('a', 'b').ok(2, 'deliver', {}, { value: 'a' }).ok(3, 'deliver', {}, { value: 'b' });
  for (const delivery of ['exactly-once', 'at-least-once', 'at-most-once'] as const)
    expect(judged(good, { delivery })).toEqual({ checker: 'jobs', verdict: 'valid', counted: 2 });
});

test('an acknowledged job that an empty queue never gave is lost, unless it may be', () => {
  const bad = put('a', 'b').ok(2, 'deliver', {}, { value: 'a' }).ok(2, 'deliver', {}, empty);
  expect(judged(bad)).toMatchObject({ ...invalid, counterexample: ['o2', 'o4'] });
  expect(judged(bad, { delivery: 'at-least-once' })).toMatchObject(invalid);
  expect(judged(bad, { delivery: 'at-most-once' })).toMatchObject(valid);
  expect(judged(bad, { withinMs: 50 })).toMatchObject({ verdict: 'not-judged' });
});

test('a job whose queue nobody emptied is not judged', () => {
  expect(judged(put('a'))).toMatchObject({
    verdict: 'not-judged',
    reason: '1 job(s) were not waited for until the queue was empty',
  });
  expect(judged(new Recording())).toMatchObject({ verdict: 'not-judged', reason: 'no job was put in' });
});

test('an empty answer that was asked for before the job was acknowledged shows nothing', () => {
  const early = new Recording();
  const looked = early.begin(2, 'deliver');
  early.ok(1, 'enqueue', { value: 'a' });
  looked('ok', empty);
  expect(judged(early.ok(2, 'deliver', {}, { value: 'a' }))).toMatchObject(valid);
});

test('an answer that got lost may have taken the job with it, which must come back where it is promised', () => {
  const taken = put('a').unknown(2, 'deliver').ok(3, 'deliver', {}, empty);
  expect(judged(taken)).toMatchObject(valid);
  const least = { delivery: 'at-least-once', withinMs: 100 } as const;
  expect(judged(taken, least)).toMatchObject({ verdict: 'not-judged' });
  expect(judged(taken.wait(100).ok(3, 'deliver', {}, empty), least)).toMatchObject(invalid);
});

test('a job that is delivered twice was put in twice, or may be', () => {
  const again = put('a')
    .ok(2, 'deliver', {}, { value: 'a' })
    .ok(3, 'deliver', {}, { value: ['a'] });
  expect(judged(again)).toMatchObject({ ...invalid, counterexample: ['o2', 'o3'] });
  expect(judged(again, { delivery: 'at-most-once' })).toMatchObject(invalid);
  expect(judged(again, { delivery: 'at-least-once' })).toMatchObject(valid);
  const retried = new Recording().unknown(1, 'enqueue', { value: 'a' }).ok(1, 'enqueue', { value: 'a' });
  retried.ok(2, 'deliver', {}, { value: 'a' }).ok(2, 'deliver', {}, { value: 'a' });
  expect(judged(retried)).toMatchObject(valid);
});

test('a job that was refused, or is put in only later, is not delivered', () => {
  const refused = new Recording().fail(1, 'enqueue', { value: 'a' }).ok(2, 'deliver', {}, { value: 'a' });
  expect(judged(refused)).toMatchObject({ ...invalid, counterexample: ['o2'] });
  const before = new Recording().ok(2, 'deliver', {}, { value: 'a' }).ok(1, 'enqueue', { value: 'a' });
  expect(judged(before)).toMatchObject(invalid);
  const unanswered = new Recording()
    .unknown(1, 'enqueue', { value: 'a' })
    .ok(2, 'deliver', {}, { value: 'a' });
  expect(judged(unanswered)).toMatchObject(valid);
});

test('a job that its consumer never finished comes again, whoever was killed', () => {
  const least = { delivery: 'at-least-once', withinMs: 100 } as const;
  const both = () =>
    put('a', 'b')
      .ok(2, 'deliver', {}, { value: ['a', 'b'] })
      .ok(2, 'finish', { value: 'a' });
  const gone = both().wait(100).ok(3, 'deliver', {}, empty);
  expect(judged(gone, least)).toMatchObject({ ...invalid, counterexample: ['o2', 'o3', 'o5'] });
  expect(judged(both().wait(50).ok(3, 'deliver', {}, empty), least)).toMatchObject(valid);
  const back = both().wait(100).ok(3, 'deliver', {}, { value: 'b' }).ok(3, 'finish', { value: 'b' });
  expect(judged(back.wait(100).ok(3, 'deliver', {}, empty), least)).toMatchObject(valid);
  const perhaps = both().unknown(2, 'finish', { value: 'b' }).wait(100).ok(3, 'deliver', {}, empty);
  expect(judged(perhaps, least)).toMatchObject(valid);
});

test('a batch is delivered as a whole or not at all', () => {
  const batch = () => new Recording().unknown(1, 'enqueue', { value: ['a', 'b'] });
  expect(judged(batch().ok(2, 'deliver', {}, empty))).toMatchObject(valid);
  const half = batch().ok(2, 'deliver', {}, { value: 'a' });
  expect(judged(half)).toMatchObject(valid);
  expect(judged(half.ok(2, 'deliver', {}, { value: [] }))).toMatchObject({
    ...invalid,
    counterexample: ['o1', 'o2', 'o3'],
  });
});

test('the order of one producer is kept where that is promised', () => {
  const order = (first: string, second: string) =>
    put('a', 'b').ok(2, 'deliver', {}, { value: first }).ok(2, 'deliver', {}, { value: second });
  expect(judged(order('a', 'b'), { fifo: true })).toMatchObject(valid);
  expect(judged(order('b', 'a'))).toMatchObject(valid);
  expect(judged(order('b', 'a'), { fifo: true })).toMatchObject(invalid);
  const others = new Recording().ok(1, 'enqueue', { value: 'a' }).ok(4, 'enqueue', { value: 'b' });
  others.ok(2, 'deliver', {}, { value: ['b', 'a'] });
  expect(judged(others, { fifo: true })).toMatchObject(valid);
  const batch = new Recording().ok(1, 'enqueue', { value: ['a', 'b'] });
  expect(judged(batch.ok(2, 'deliver', {}, { value: ['b', 'a'] }), { fifo: true })).toMatchObject(invalid);
});
