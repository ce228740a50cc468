import { expect, test } from '@jest/globals';
import type { Json } from '../../plan/json.ts';
import { Recording } from '../simulation/recording.ts';
import { readTogether } from './read-together.ts';

const judged = ({ history }: Recording) => readTogether.check(history);
/** A message is sent, and when that is acknowledged the title is changed. */
const chat = () =>
  new Recording()
    .ok(1, 'write', { key: 'title', value: 'first' })
    .ok(1, 'append', { key: 'thread', value: 'm1' })
    .ok(1, 'write', { key: 'title', value: 'second' });
const shows = (recording: Recording, value: Record<string, Json>) =>
  recording.ok(2, 'snapshot', { key: 'chat' }, { value });

test('a snapshot that shows a change shows what was acknowledged before it began', () => {
  const good = shows(chat(), { title: 'second', thread: ['m1'] });
  expect(judged(good)).toEqual({ checker: 'read-together', verdict: 'valid', counted: 1 });
  expect(judged(shows(chat(), { title: 'second', thread: [] }))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o2', 'o3', 'o4'],
    reason:
      'snapshot o4 of "thread" lacks append o2, though snapshot o4 shows write o3, which began after it was acknowledged',
  });
});

test('an old snapshot is one, as long as it is of one moment', () => {
  expect(judged(shows(chat(), { title: 'first', thread: [] }))).not.toMatchObject({ verdict: 'invalid' });
  expect(judged(shows(chat(), { title: 'first', thread: ['m1'] }))).toMatchObject({ verdict: 'valid' });
});

test('parts of one request are read together', () => {
  const parts = (thread: string[]) =>
    chat()
      .ok(2, 'list', { key: 'thread', partOf: 'p' }, { value: thread })
      .ok(2, 'read', { key: 'title', partOf: 'p' }, { value: 'second' });
  expect(judged(parts(['m1']))).toMatchObject({ verdict: 'valid' });
  expect(judged(parts([]))).toMatchObject({ verdict: 'invalid', counterexample: ['o2', 'o3', 'o4', 'o5'] });
});

test('parts of one change are shown together', () => {
  const torn = (title: string, thread: string[]) => {
    const recording = new Recording().ok(1, 'write', { key: 'title', value: 'first' });
    const parts = [
      recording.begin(1, 'write', { key: 'title', value: 'second', partOf: 'c' }),
      recording.begin(1, 'append', { key: 'thread', value: 'm1', partOf: 'c' }),
    ];
    for (const end of parts) end('unknown');
    return shows(recording, { title, thread });
  };
  expect(judged(torn('second', ['m1']))).toMatchObject({ verdict: 'valid' });
  expect(judged(torn('first', []))).not.toMatchObject({ verdict: 'invalid' });
  expect(judged(torn('first', ['m1']))).toMatchObject({
    verdict: 'invalid',
    reason: expect.stringContaining('a part of the same change'),
  });
  expect(judged(torn('second', []))).toMatchObject({ verdict: 'invalid' });
});

test('who has seen a change does not later miss what came before it, others may', () => {
  const later = (client: number, thread: string[]) =>
    chat()
      .ok(2, 'read', { key: 'title' }, { value: 'second', worker: 1 })
      .ok(client, 'list', { key: 'thread' }, { value: thread, worker: 2 });
  expect(judged(later(2, ['m1']))).toMatchObject({ verdict: 'valid' });
  expect(judged(later(3, []))).not.toMatchObject({ verdict: 'invalid' });
  expect(judged(later(2, []))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o2', 'o3', 'o4', 'o5'],
  });
});

test('what was removed before is not shown beside what came after, unless it may have come back', () => {
  const tagged = () =>
    new Recording()
      .ok(1, 'add', { key: 'tags', value: 'x' })
      .ok(1, 'remove', { key: 'tags', value: 'x' })
      .ok(1, 'write', { key: 'title', value: 'second' });
  expect(judged(shows(tagged(), { title: 'second', tags: ['x'] }))).toMatchObject({ verdict: 'invalid' });
  const again = tagged().unknown(3, 'add', { key: 'tags', value: 'x' });
  expect(judged(shows(again, { title: 'second', tags: ['x'] }))).not.toMatchObject({ verdict: 'invalid' });
});

test('changes that overlap may be seen in any order', () => {
  const recording = new Recording();
  const message = recording.begin(1, 'append', { key: 'thread', value: 'm1' });
  recording.ok(3, 'write', { key: 'title', value: 'second' });
  message('ok');
  expect(judged(shows(recording, { title: 'second', thread: [] }))).not.toMatchObject({ verdict: 'invalid' });
});

test('one object alone, or no change before, is not judged', () => {
  expect(judged(new Recording().ok(1, 'write', { value: 'a' }).ok(2, 'read', {}, { value: 'a' }))).toEqual({
    checker: 'read-together',
    verdict: 'not-judged',
    reason: 'nobody was shown a change and something else that was changed before it',
    counted: 0,
  });
});
