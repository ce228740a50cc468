import { expect, test } from '@jest/globals';
import { Recording } from '../simulation/recording.ts';
import { taskEnds } from './task-ends.ts';

const judged = ({ history }: Recording) => taskEnds({ withinMs: 100 }).check(history);
const started = () => new Recording().ok(1, 'start');

test('a task that ends in time, and stays ended, ends', () => {
  const good = started()
    .ok(1, 'status', {}, { value: 'running' })
    .wait(100)
    .ok(1, 'status', {}, { value: 'done' });
  expect(judged(good)).toEqual({ checker: 'task-ends', verdict: 'valid', counted: 1 });
  expect(judged(good.ok(1, 'status', {}, { value: null }))).toMatchObject({ verdict: 'valid' });
});

test('a task still running when its time is over does not', () => {
  const bad = started().wait(100).ok(1, 'status', {}, { value: 'done' }).ok(2, 'status', { key: 'other' });
  bad.ok(1, 'start', { key: 't2' }).wait(150).ok(1, 'status', { key: 't2' }, { value: 'running' });
  expect(judged(bad)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o4', 'o5'],
    reason: 'status o5 gave "running", 151 ms after start o4',
  });
});

test('a task that runs again after it had ended is wrong, and so is one that vanished', () => {
  const again = started().ok(1, 'status', {}, { value: 'done' }).ok(1, 'status', {}, { value: 'running' });
  expect(judged(again)).toMatchObject({ verdict: 'invalid', counterexample: ['o2', 'o3'] });
  const vanished = started().wait(100).ok(1, 'status', {}, { value: null });
  expect(judged(vanished)).toMatchObject({ verdict: 'invalid' });
});

test('a task that ended late is wrong, but not one whose status was asked in time and answered late', () => {
  const late = started().wait(10_000).ok(1, 'status', {}, { value: 'running' });
  late.ok(1, 'status', {}, { value: 'done' });
  expect(judged(late)).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2'] });
  const slow = started();
  const answer = slow.begin(1, 'status');
  slow.wait(10_000);
  answer('ok', { value: 'running' });
  expect(judged(slow.ok(1, 'status', {}, { value: 'done' }))).toMatchObject({ verdict: 'valid' });
});

test('a start with an unknown outcome need not have happened, or not yet, but what is seen must end', () => {
  const start = () => new Recording().unknown(1, 'start').wait(100);
  const none = { value: null };
  const running = { value: 'running' };
  expect(judged(start())).toMatchObject({ verdict: 'valid' });
  expect(judged(start().ok(1, 'status', {}, none))).toMatchObject({ verdict: 'valid' });
  expect(judged(start().ok(1, 'status', {}, running))).toMatchObject({ verdict: 'valid' });
  const seen = start().ok(1, 'status', {}, running).wait(100);
  expect(judged(seen.ok(1, 'status', {}, running))).toMatchObject({ verdict: 'invalid' });
});

test('a task that is started again runs again', () => {
  const again = started().ok(1, 'status', {}, { value: 'done' }).ok(1, 'start');
  again.ok(1, 'status', {}, { value: 'running' }).wait(100).ok(1, 'status', {}, { value: 'done' });
  expect(judged(again)).toMatchObject({ verdict: 'valid' });
  expect(judged(again.ok(1, 'status', {}, { value: 'running' }))).toMatchObject({ verdict: 'invalid' });
});

test('a task whose status nobody asked in the end is not judged, nor is a history without one', () => {
  expect(judged(started().ok(1, 'status', {}, { value: 'running' }))).toMatchObject({
    verdict: 'not-judged',
    reason: 'the status of 1 task(s) was not asked 100 ms later',
  });
  expect(judged(new Recording())).toMatchObject({ verdict: 'not-judged', reason: 'no task was started' });
});

test('other words for the end can be given', () => {
  const { history } = started().ok(1, 'status', {}, { value: 'finished' });
  expect(taskEnds({ terminal: ['finished'] }).check(history)).toMatchObject({ verdict: 'valid' });
  expect(taskEnds().check(history)).toMatchObject({ verdict: 'invalid' });
});
