import { expect, test } from '@jest/globals';
import { Recording } from '../simulation/recording.ts';
import { lostUpdate } from './lost-update.ts';

const judged = ({ history }: Recording) => lostUpdate.check(history);

test('what was acknowledged last is what is left', () => {
  const good = new Recording()
    .ok(1, 'write', { value: 'a' })
    .ok(2, 'write', { value: 'b' })
    .ok(1, 'read', {}, { value: 'b' });
  expect(judged(good)).toEqual({ checker: 'lost-update', verdict: 'valid', counted: 2 });
});

test('an older value in the end means that the newer was lost', () => {
  const bad = new Recording()
    .ok(1, 'write', { value: 'a' })
    .ok(2, 'write', { value: 'b' })
    .ok(1, 'read', {}, { value: 'a' });
  expect(judged(bad)).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2', 'o3'] });
  const nothing = new Recording().ok(1, 'write', { value: 'a' }).ok(1, 'read', {}, { value: null });
  expect(judged(nothing)).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2'] });
});

test('a worker that is merely behind has lost nothing', () => {
  const behind = new Recording()
    .ok(1, 'write', { value: 'a' })
    .ok(1, 'write', { value: 'b' })
    .ok(1, 'read', {}, { value: 'a' })
    .ok(1, 'read', {}, { value: 'b' });
  expect(judged(behind)).toMatchObject({ verdict: 'valid' });
});

test('of writes that overlap either may be the last, and an unknown one may come last', () => {
  for (const value of ['a', 'b', 'late']) {
    const recording = new Recording().unknown(3, 'write', { value: 'late' });
    const one = recording.begin(1, 'write', { value: 'a' });
    const two = recording.begin(2, 'write', { value: 'b' });
    one('ok');
    two('ok');
    expect(judged(recording.ok(1, 'read', {}, { value }))).toMatchObject({ verdict: 'valid' });
  }
});

test('two cas that replaced the same value: one of them is lost', () => {
  const recording = new Recording().ok(1, 'write', { value: 'v1' });
  const one = recording.begin(1, 'cas', { from: 'v1', value: 'v2' });
  const two = recording.begin(2, 'cas', { from: 'v1', value: 'v3' });
  one('ok');
  two('ok');
  recording.ok(1, 'read', {}, { value: 'v3' });
  expect(judged(recording)).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2', 'o3'] });
  const refused = new Recording()
    .ok(1, 'cas', { from: null, value: 'v2' })
    .fail(2, 'cas', { from: 'v1', value: 'v3' })
    .ok(2, 'cas', { from: 'v1', value: 'v4' }, { value: false })
    .ok(1, 'read', {}, { value: 'v2' });
  expect(judged(refused)).toMatchObject({ verdict: 'valid' });
});

test('of two elements added at once both must be left', () => {
  const both = () => {
    const recording = new Recording();
    const one = recording.begin(1, 'add', { value: 'a' });
    const two = recording.begin(2, 'add', { value: 'b' });
    one('ok', { worker: 1 });
    two('ok', { worker: 2 });
    return recording;
  };
  expect(judged(both().ok(1, 'list', {}, { value: ['a', 'b'] }))).toMatchObject({ verdict: 'valid' });
  expect(judged(both().ok(1, 'list', {}, { value: ['b'] }))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2', 'o3'],
  });
  expect(
    judged(
      both()
        .ok(1, 'remove', { value: 'a' })
        .ok(1, 'list', {}, { value: ['b'] }),
    ),
  ).toMatchObject({
    verdict: 'valid',
  });
  expect(judged(both().unknown(1, 'delete').ok(1, 'list', {}, { value: [] }))).toMatchObject({
    verdict: 'valid',
  });
  expect(
    judged(both().ok(1, 'delete').ok(1, 'add', { value: 'c' }).ok(1, 'list', {}, { value: [] })),
  ).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o4', 'o5'],
  });
});

test('a counter has every acknowledged increment in the end', () => {
  const increments = () => {
    const recording = new Recording();
    const one = recording.begin(1, 'increment');
    const two = recording.begin(2, 'increment');
    one('ok');
    two('ok');
    return recording.unknown(3, 'increment');
  };
  for (const value of [2, 3]) {
    expect(judged(increments().ok(1, 'count', {}, { value }))).toMatchObject({ verdict: 'valid' });
  }
  expect(judged(increments().ok(1, 'count', {}, { value: 1 }))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2', 'o4'],
  });
});

test('without a read after the last change it does not know', () => {
  const unread = new Recording().ok(1, 'read', {}, { value: null }).ok(1, 'write', { value: 'a' });
  expect(judged(unread)).toMatchObject({
    verdict: 'not-judged',
    reason: expect.stringContaining('1 changed key'),
  });
  const running = new Recording();
  running.begin(1, 'write', { value: 'a' });
  running.ok(2, 'read', {}, { value: null });
  expect(judged(running)).toMatchObject({ verdict: 'not-judged' });
  const unsure = new Recording().unknown(1, 'write', { value: 'a' }).ok(2, 'read', {}, { value: null });
  expect(judged(unsure)).toMatchObject({ verdict: 'not-judged', reason: 'no change was acknowledged' });
});
