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

test('it does not judge when one worker only was read', () => {
  const one = written().ok(2, 'read', {}, { value: 'a', worker: 2 });
  expect(judged(one)).toMatchObject({ verdict: 'not-judged' });
  expect(judged(one.ok(2, 'read', {}, { value: 'a', worker: 2 }))).toMatchObject({ verdict: 'not-judged' });
});

test('a change of unknown outcome may come between reads once, it cannot make workers alternate', () => {
  const alternating = (values: readonly (string | null)[]) =>
    values.reduce<Recording>(
      (recording, value, at) => recording.ok(2, 'read', {}, { value, worker: 1 + (at % 2) }),
      new Recording().ok(1, 'write', { value: 'b' }).unknown(1, 'write', { value: 'a' }),
    );
  expect(judged(alternating(['b', 'a']))).toMatchObject({
    verdict: 'unknown',
    reason: expect.stringContaining('unknown outcome'),
  });
  expect(judged(alternating(['b', 'a', 'a', 'a']))).toMatchObject({ verdict: 'unknown' });
  expect(judged(alternating(['a', 'a']))).toMatchObject({ verdict: 'valid' });
  expect(judged(alternating(['b', 'a', 'b', 'a']))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o2', 'o3', 'o4', 'o5', 'o6'],
  });
  // Within the time allowed, both may be seen in any order around the moment when it comes.
  expect(judged(alternating(['b', 'a', 'b', 'a']), 40)).not.toMatchObject({ verdict: 'invalid' });
});
