import { expect, test } from '@jest/globals';
import { Recording } from '../simulation/recording.ts';
import { convergence } from './convergence.ts';

const judged = ({ history }: Recording, withinMs = 0) => convergence({ withinMs }).check(history);
const written = () => new Recording().ok(1, 'write', { value: 'a' }, { worker: 1 });

test('workers that agree in the end have converged', () => {
  const good = written()
    .ok(2, 'read', {}, { value: 'a', worker: 1 })
    .ok(2, 'read', {}, { value: 'a', worker: 2 });
  expect(judged(good)).toMatchObject({ verdict: 'valid', counted: 2 });
});

test('workers that still differ have not', () => {
  const bad = written()
    .ok(2, 'read', {}, { value: 'a', worker: 1 })
    .ok(2, 'read', {}, { value: null, worker: 2 });
  expect(judged(bad)).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2', 'o3'] });
});

test('differences within the time allowed are none', () => {
  const early = written().ok(2, 'read', {}, { value: null, worker: 2 }).wait(50);
  early.ok(2, 'read', {}, { value: 'a', worker: 1 }).ok(2, 'read', {}, { value: 'a', worker: 2 });
  expect(judged(early, 40)).toMatchObject({ verdict: 'valid' });
  expect(judged(early)).toMatchObject({ verdict: 'invalid' });
});

test('lists are equal in any order', () => {
  const lists = (one: string[], other: string[]) =>
    new Recording()
      .ok(1, 'add', { value: 'a' })
      .ok(1, 'add', { value: 'b' })
      .ok(1, 'list', {}, { value: one, worker: 1 })
      .ok(1, 'list', {}, { value: other, worker: 2 });
  expect(judged(lists(['a', 'b'], ['b', 'a']))).toMatchObject({ verdict: 'valid' });
  expect(judged(lists(['a', 'b'], ['b']))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o3', 'o4'],
  });
});

test('it does not know when one worker only was read, or when a change has an unknown outcome', () => {
  const one = written().ok(2, 'read', {}, { value: 'a', worker: 2 });
  expect(judged(one)).toMatchObject({ verdict: 'unknown' });
  expect(judged(one.ok(2, 'read', {}, { value: 'a', worker: 2 }))).toMatchObject({ verdict: 'unknown' });
  const unsure = new Recording()
    .unknown(1, 'write', { value: 'a' })
    .ok(2, 'read', {}, { value: null })
    .ok(2, 'read', {}, { value: 'a' });
  expect(judged(unsure)).toMatchObject({
    verdict: 'unknown',
    reason: expect.stringContaining('unknown outcome'),
  });
});
