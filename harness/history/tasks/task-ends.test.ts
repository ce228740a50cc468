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

test('a start with an unknown outcome need not have happened, but what happened must end', () => {
  const start = () => new Recording().unknown(1, 'start').wait(100);
  expect(judged(start())).toMatchObject({ verdict: 'valid' });
  expect(judged(start().ok(1, 'status', {}, { value: null }))).toMatchObject({ verdict: 'valid' });
  expect(judged(start().ok(1, 'status', {}, { value: 'running' }))).toMatchObject({ verdict: 'invalid' });
});

test('a task whose status nobody asked in the end makes it unknown', () => {
  expect(judged(started().ok(1, 'status', {}, { value: 'running' }))).toMatchObject({ verdict: 'unknown' });
});

test('other words for the end can be given', () => {
  const { history } = started().ok(1, 'status', {}, { value: 'finished' });
  expect(taskEnds({ terminal: ['finished'] }).check(history)).toMatchObject({ verdict: 'valid' });
  expect(taskEnds().check(history)).toMatchObject({ verdict: 'invalid' });
});
