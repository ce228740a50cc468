import { expect, test } from '@jest/globals';
import { Recording } from '../simulation/recording.ts';
import { monotonicReads } from './monotonic-reads.ts';

const judged = ({ history }: Recording) => monotonicReads.check(history);
const twoWrites = () => new Recording().ok(1, 'write', { value: 'a' }).ok(1, 'write', { value: 'b' });

test('reads may be behind, as long as they go forward', () => {
  const good = twoWrites()
    .ok(2, 'read', {}, { value: null })
    .ok(2, 'read', {}, { value: 'a' })
    .ok(2, 'read', {}, { value: 'b' })
    .ok(3, 'read', {}, { value: 'a' });
  expect(judged(good)).toMatchObject({ verdict: 'valid', counted: 1 });
});

test('a client that reads the new on one worker must not read the old on another', () => {
  const bad = twoWrites()
    .ok(2, 'read', {}, { value: 'b', worker: 1 })
    .ok(2, 'read', {}, { value: 'a', worker: 2 });
  expect(judged(bad)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2', 'o3', 'o4'],
    reason: 'client 2 saw "b" by read o3 (w1), then "a" by read o4 (w2)',
  });
});

test('nothing after something is going back, unless it was deleted', () => {
  const bad = twoWrites().ok(2, 'read', {}, { value: 'b' }).ok(2, 'read', {}, { value: null });
  expect(judged(bad)).toMatchObject({ verdict: 'invalid' });
  const good = twoWrites()
    .ok(2, 'read', {}, { value: 'b' })
    .ok(1, 'delete')
    .ok(2, 'read', {}, { value: null });
  expect(judged(good)).toMatchObject({ verdict: 'valid' });
});

test('values of writes that overlapped may come in either order', () => {
  const recording = new Recording();
  const one = recording.begin(1, 'write', { value: 'a' });
  const two = recording.begin(3, 'write', { value: 'b' });
  one('ok');
  two('ok');
  recording.ok(2, 'read', {}, { value: 'a' }).ok(2, 'read', {}, { value: 'b' });
  expect(judged(recording)).toMatchObject({ verdict: 'valid' });
});

test('an element that was seen stays until somebody removes it', () => {
  const start = () =>
    new Recording().ok(1, 'add', { value: 'a' }).ok(2, 'list', {}, { value: ['a', 'older'] });
  expect(judged(start().ok(2, 'list', {}, { value: ['older'] }))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2', 'o3'],
  });
  expect(judged(start().ok(3, 'list', {}, { value: [] }))).toMatchObject({ verdict: 'not-judged' });
  const removed = start().unknown(1, 'remove', { value: 'a' }).ok(2, 'list', {}, { value: [] });
  expect(judged(removed)).toMatchObject({ verdict: 'valid' });
});

test('counts do not go down for one client', () => {
  const start = () => new Recording().ok(1, 'increment').ok(2, 'count', {}, { value: 1 });
  expect(judged(start().ok(3, 'count', {}, { value: 0 }))).toMatchObject({ verdict: 'not-judged' });
  expect(judged(start().ok(2, 'count', {}, { value: 0 }))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o2', 'o3'],
  });
});

test('what was seen, gone and back takes a second addition after the removal', () => {
  const flicker = (recording: Recording) =>
    recording
      .ok(2, 'list', {}, { value: ['a'] })
      .ok(2, 'list', {}, { value: [] })
      .ok(2, 'list', {}, { value: ['a'] });
  const during = new Recording().ok(1, 'add', { value: 'a' });
  const remove = during.begin(1, 'remove', { value: 'a' });
  flicker(during);
  remove('ok');
  expect(judged(during)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o3', 'o4', 'o5'],
    reason: expect.stringContaining('"a" is back'),
  });
  const again = new Recording().ok(1, 'add', { value: 'a' });
  again.unknown(1, 'remove', { value: 'a' }).unknown(3, 'add', { value: 'a' });
  expect(judged(flicker(again))).toMatchObject({ verdict: 'valid' });
});

test('a list before and one after an addition that comes late is no going back', () => {
  const late = new Recording().ok(1, 'add', { value: 'a' }).ok(2, 'list', {}, { value: [] });
  expect(judged(late.ok(2, 'list', {}, { value: ['a'] }))).toMatchObject({ verdict: 'valid' });
});

test('a value that was there before it was written says nothing of which is newer', () => {
  const toggled = new Recording()
    .ok(2, 'read', {}, { value: 'off' })
    .ok(1, 'write', { value: 'on' })
    .ok(1, 'write', { value: 'off' })
    .ok(2, 'read', {}, { value: 'off' })
    .ok(2, 'read', {}, { value: 'on' });
  expect(judged(toggled)).not.toMatchObject({ verdict: 'invalid' });
});

test('a counter that was made smaller is not judged', () => {
  const shrunk = new Recording()
    .ok(1, 'increment', { value: -1 })
    .ok(1, 'count', {}, { value: 5 })
    .ok(1, 'count', {}, { value: 4 });
  expect(judged(shrunk)).toMatchObject({ verdict: 'not-judged', reason: expect.stringContaining('smaller') });
});
