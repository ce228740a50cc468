import { expect, test } from '@jest/globals';
import { Recording } from '../simulation/recording.ts';
import { readYourWrites } from './read-your-writes.ts';
import { staleRead } from './stale-read.ts';

const judged = ({ history }: Recording) => staleRead.check(history);

test('a read that shows the last acknowledged write is fresh', () => {
  const good = new Recording()
    .ok(1, 'read', {}, { value: null })
    .ok(1, 'write', { value: 'a' })
    .ok(2, 'read', {}, { value: 'a', worker: 2 })
    .ok(2, 'write', { value: 'b' })
    .ok(1, 'read', {}, { value: 'b' })
    .ok(1, 'delete')
    .ok(2, 'read', {}, { value: null });
  expect(judged(good)).toEqual({ checker: 'stale-read', verdict: 'valid', counted: 3 });
});

test('a read of what had been overwritten before it began is stale', () => {
  const bad = new Recording()
    .ok(1, 'write', { value: 'a' }, { worker: 1 })
    .ok(1, 'write', { value: 'b' }, { worker: 1 })
    .ok(2, 'read', {}, { value: 'a', worker: 2 });
  expect(judged(bad)).toEqual({
    checker: 'stale-read',
    verdict: 'invalid',
    reason: 'read o3 (w2) gave "a" after write o2 (w1) was acknowledged',
    counterexample: ['o1', 'o2', 'o3'],
    counted: 1,
  });
});

test('a read of nothing, or of what was there before, is stale after a write', () => {
  const nothing = new Recording().ok(1, 'write', { value: 'a' }).ok(2, 'read', {}, { value: null });
  expect(judged(nothing)).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2'] });
  const older = new Recording().ok(1, 'write', { value: 'a' }).ok(2, 'read', {}, { value: 'from before' });
  expect(judged(older)).toMatchObject({ verdict: 'invalid' });
});

test('a read of what had been deleted is stale', () => {
  const bad = new Recording()
    .ok(1, 'write', { value: 'a' })
    .ok(1, 'delete')
    .ok(2, 'read', {}, { value: 'a' });
  expect(judged(bad)).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2', 'o3'] });
});

test('while a write is under way a read may show the old or the new', () => {
  for (const value of ['a', 'b']) {
    const recording = new Recording().ok(1, 'write', { value: 'a' });
    const write = recording.begin(1, 'write', { value: 'b' });
    recording.ok(2, 'read', {}, { value });
    write('ok');
    expect(judged(recording)).toMatchObject({ verdict: 'valid' });
  }
});

test('writes that overlap may end up in either order', () => {
  const recording = new Recording();
  const one = recording.begin(1, 'write', { value: 'a' });
  const two = recording.begin(2, 'write', { value: 'b' });
  one('ok');
  two('ok');
  recording.ok(3, 'read', {}, { value: 'a' });
  expect(judged(recording)).toMatchObject({ verdict: 'valid' });
});

test('a write with an unknown outcome may come late, a refused one does not count', () => {
  const recording = new Recording()
    .unknown(1, 'write', { value: 'late' })
    .ok(2, 'write', { value: 'b' })
    .fail(2, 'write', { value: 'refused' })
    .ok(3, 'read', {}, { value: 'b' })
    .ok(3, 'read', {}, { value: 'late' });
  expect(judged(recording)).toMatchObject({ verdict: 'valid' });
});

test('a list must show what was added, and not what was removed', () => {
  const start = () => new Recording().ok(1, 'add', { value: 'a' }).ok(2, 'add', { value: 'b' });
  expect(judged(start().ok(2, 'list', {}, { value: ['b', 'a'] }))).toMatchObject({ verdict: 'valid' });
  expect(judged(start().ok(2, 'list', {}, { value: ['b'] }))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o3'],
  });
  expect(
    judged(
      start()
        .ok(1, 'remove', { value: 'a' })
        .ok(2, 'list', {}, { value: ['b'] }),
    ),
  ).toMatchObject({
    verdict: 'valid',
  });
  expect(
    judged(
      start()
        .ok(1, 'remove', { value: 'a' })
        .ok(2, 'list', {}, { value: ['a', 'b'] }),
    ),
  ).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o3', 'o4'],
  });
  expect(
    judged(
      start()
        .ok(1, 'delete')
        .ok(2, 'list', {}, { value: ['a'] }),
    ),
  ).toMatchObject({ verdict: 'invalid' });
  expect(judged(start().ok(1, 'delete').ok(2, 'list', {}, { value: [] }))).toMatchObject({
    verdict: 'valid',
  });
});

test('a list during an add, a removal or a delete of all may show either', () => {
  for (const [does, value] of [
    ['add', 'b'],
    ['remove', 'a'],
    ['delete', undefined],
  ] as const) {
    for (const seen of [['a'], ['a', 'b'], []]) {
      const recording = new Recording().ok(1, 'add', { value: 'a' });
      const list = recording.begin(2, 'list');
      const change = recording.begin(1, does, value === undefined ? {} : { value });
      list('ok', { value: does === 'add' ? ['a', ...seen.slice(1)] : seen });
      change('ok');
      expect(judged(recording)).toMatchObject({ verdict: 'valid' });
    }
  }
});

test('an add whose outcome is unknown obliges to nothing', () => {
  const recording = new Recording().unknown(1, 'add', { value: 'a' }).ok(2, 'list', {}, { value: [] });
  expect(judged(recording)).toMatchObject({ verdict: 'not-judged' });
  recording.ok(1, 'add', { value: 'b' }).ok(2, 'list', {}, { value: ['b'] });
  expect(judged(recording)).toMatchObject({ verdict: 'valid', counted: 1 });
});

test('a count must not be behind the acknowledged increments', () => {
  const start = () =>
    new Recording().ok(1, 'increment').ok(2, 'increment', { value: 2 }).unknown(2, 'increment');
  expect(judged(start().ok(3, 'count', {}, { value: 3 }))).toMatchObject({ verdict: 'valid' });
  expect(judged(start().ok(3, 'count', {}, { value: 2 }))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o2', 'o4'],
  });
});

test('what was written twice may always be the later, and is still judged by what overwrote both', () => {
  const twice = () =>
    new Recording()
      .ok(1, 'write', { value: 'off' })
      .ok(1, 'write', { value: 'on' })
      .ok(2, 'write', { value: 'off' });
  expect(judged(twice().ok(2, 'read', {}, { value: 'off' }))).toMatchObject({ verdict: 'valid' });
  expect(judged(twice().ok(2, 'read', {}, { value: 'on' }))).toMatchObject({ verdict: 'invalid' });
  const over = twice().ok(1, 'write', { value: 'new' }).ok(2, 'read', {}, { value: 'off' });
  expect(judged(over)).toMatchObject({ verdict: 'invalid', counterexample: ['o3', 'o4', 'o5'] });
});

test('without a read after a write there is nothing to judge', () => {
  expect(judged(new Recording().ok(1, 'read', {}, { value: null }).ok(1, 'write', { value: 'a' }))).toEqual({
    checker: 'stale-read',
    verdict: 'not-judged',
    reason: 'no read began after a write was acknowledged',
    counted: 0,
  });
  const shrunk = new Recording().ok(1, 'increment').ok(1, 'increment', { value: -1 });
  expect(judged(shrunk.ok(1, 'count', {}, { value: 0 }))).toMatchObject({
    verdict: 'not-judged',
    reason: 'the counter "k" was made smaller',
  });
});

test('read your writes: only the own writes oblige', () => {
  const others = new Recording().ok(1, 'write', { value: 'a' }).ok(2, 'read', {}, { value: null });
  expect(readYourWrites.check(others.history)).toMatchObject({ verdict: 'not-judged' });
  const own = new Recording().ok(1, 'write', { value: 'a' }).ok(1, 'read', {}, { value: null, worker: 2 });
  expect(readYourWrites.check(own.history)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2'],
  });
});

test('read your writes: what another wrote later is as good', () => {
  const later = new Recording()
    .ok(1, 'write', { value: 'a' })
    .ok(2, 'write', { value: 'b' })
    .ok(1, 'read', {}, { value: 'b' });
  expect(readYourWrites.check(later.history)).toMatchObject({ verdict: 'valid' });
});

test('read your writes: lists and counts too', () => {
  const list = new Recording()
    .ok(1, 'add', { value: 'a' })
    .ok(2, 'add', { value: 'b' })
    .ok(1, 'list', {}, { value: ['a'] });
  expect(readYourWrites.check(list.history)).toMatchObject({ verdict: 'valid' });
  list.ok(2, 'list', {}, { value: ['a'] });
  expect(readYourWrites.check(list.history)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o2', 'o4'],
  });
  const count = new Recording().ok(1, 'increment').ok(2, 'count', {}, { value: 0 });
  expect(readYourWrites.check(count.history)).toMatchObject({ verdict: 'not-judged' });
  count.ok(1, 'count', {}, { value: 0 });
  expect(readYourWrites.check(count.history)).toMatchObject({ verdict: 'invalid' });
});
