import { expect, test } from '@jest/globals';
import { notesOf, renderLanes } from './lanes.ts';
import { Recording } from './simulation/recording.ts';
import { staleRead } from './state/stale-read.ts';

const stale = new Recording()
  .ok(1, 'write', { key: 'colour', value: 'blue' }, { worker: 1 })
  .ok(3, 'read', { key: 'other' }, { value: null })
  .ok(1, 'write', { key: 'colour', value: 'red' }, { worker: 1 })
  .ok(2, 'read', { key: 'colour' }, { value: 'blue', worker: 2 }).history;
const verdict = staleRead.check(stale);
const ids = verdict.counterexample ?? [];

test('one column per client, the worker in each cell', () => {
  expect(renderLanes(stale, ids, notesOf(verdict))).toBe(
    [
      'client 1                        client 2',
      'w1 write "colour" "blue" → ok',
      'w1 write "colour" "red" → ok',
      '                                w2 read "colour" → ok "blue"   ← stale after an acknowledged write',
    ].join('\n'),
  );
});

test('what overlaps is marked, what has not ended says so, errors are shown', () => {
  const recording = new Recording();
  recording.begin(1, 'write', { value: 'a' });
  const read = recording.begin(2, 'read');
  read('fail', { error: '400 Model not found' });
  expect(renderLanes(recording.history, ['o1', 'o2'])).toBe(
    [
      'client 1                        client 2',
      'write "k" "a" → still running',
      '                                ∥ read "k" → fail 400 Model not found',
    ].join('\n'),
  );
});

test('a fault has its line where it fired, whatever its time', () => {
  const { header, events } = stale;
  const fault = { on: 'worker', action: 'kill', service: 'memory', worker: 2, revertAfterMs: 9 } as const;
  const fired = (at: number) => ({ type: 'fault', id: 'f1', at, state: 'fired', fault }) as const;
  const at = events[2]?.at ?? 0;
  const between = { header, events: [...events.slice(0, 3), fired(at), ...events.slice(3)] };
  expect(renderLanes(between, ids).split('\n')[2]).toBe('── kill memory w2 fired');
  const after = { header, events: [...events, fired(at)] };
  expect(renderLanes(after, ids)).not.toContain('kill');
});

test('at most ten operations are shown, the others counted', () => {
  const recording = new Recording();
  for (let count = 0; count < 13; count += 1) recording.ok(1, 'increment');
  const all = Array.from({ length: 13 }, (_, index) => `o${index + 1}`);
  const lines = renderLanes(recording.history, all).split('\n');
  expect(lines).toHaveLength(12);
  expect(lines.at(-1)).toBe('… and 3 operations before these');
});
