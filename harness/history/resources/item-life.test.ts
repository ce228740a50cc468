import { expect, test } from '@jest/globals';
import { Recording } from '../simulation/recording.ts';
import { itemLife } from './item-life.ts';

const life = () => new Recording();
const note = { key: 'notes', value: 'n' };
const verdictOf = (recording: Recording, old: readonly string[] = []) => {
  const { header, events } = recording.history;
  return itemLife.check({ header: { ...header, initial: { notes: old } }, events });
};

test('an item that is made, seen, deleted and gone has lived', () => {
  const run = life()
    .ok(1, 'create', note, { value: 7 })
    .ok(1, 'look', note, { value: true, worker: 2 })
    .ok(1, 'destroy', note, { value: true })
    .ok(1, 'look', note, { value: false, worker: 1 });
  expect(verdictOf(run)).toMatchObject({ verdict: 'valid', counted: 4 });
});

test('an item that nobody deleted is there', () => {
  const run = life().ok(1, 'create', note, { value: 7 }).ok(2, 'look', note, { value: false, worker: 2 });
  expect(verdictOf(run)).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2'] });
  const old = life().ok(2, 'look', note, { value: false });
  expect(verdictOf(old, ['n'])).toMatchObject({ verdict: 'invalid', counterexample: ['o1'] });
});

test('a deletion under way or of unknown end excuses that it is not there', () => {
  const beside = life().ok(1, 'create', note, { value: 7 });
  const end = beside.begin(1, 'destroy', note);
  beside.ok(2, 'look', note, { value: false });
  end('ok', { value: true });
  expect(verdictOf(beside).verdict).toBe('valid');
  const lost = life().ok(1, 'create', note, { value: 7 }).unknown(1, 'destroy', note);
  expect(verdictOf(lost.ok(2, 'look', note, { value: false })).verdict).toBe('valid');
});

test('a deletion of everything that was over before the item was made excuses nothing', () => {
  const run = life()
    .ok(1, 'destroy', { key: 'notes' })
    .ok(1, 'create', note, { value: 7 })
    .ok(2, 'look', note, { value: false });
  expect(verdictOf(run).verdict).toBe('invalid');
});

test('a deleted item does not come back, on no worker', () => {
  const run = life()
    .ok(1, 'create', note, { value: 7 })
    .ok(1, 'destroy', note, { value: true, worker: 1 })
    .ok(2, 'look', note, { value: true, worker: 2 });
  expect(verdictOf(run)).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2', 'o3'] });
  const all = life()
    .ok(1, 'create', note, { value: 7 })
    .ok(1, 'destroy', { key: 'notes' })
    .ok(2, 'look', note, { value: true });
  expect(verdictOf(all).verdict).toBe('invalid');
});

test('what is made while everything is deleted may have come after it', () => {
  const run = life();
  const end = run.begin(1, 'create', note);
  run.ok(2, 'destroy', { key: 'notes' });
  end('ok', { value: 7 });
  expect(verdictOf(run.ok(2, 'look', note, { value: true })).verdict).toBe('valid');
});

test('an item is deleted by one only', () => {
  const run = life().ok(1, 'create', note, { value: 7 });
  const ends = [run.begin(1, 'destroy', note), run.begin(2, 'destroy', note)];
  for (const end of ends) end('ok', { value: true });
  expect(verdictOf(run)).toMatchObject({ verdict: 'invalid', counterexample: ['o2', 'o3'] });
});

test('an id is given once, except to a creation that was sent again', () => {
  const twice = life()
    .ok(1, 'create', note, { value: 7 })
    .ok(2, 'create', { key: 'notes', value: 'm' }, { value: 7 });
  expect(verdictOf(twice)).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2'] });
  const retry = { ...note, idempotencyKey: 'k' };
  const again = life().ok(1, 'create', retry, { value: 7 }).ok(1, 'create', retry, { value: 7 });
  expect(verdictOf(again).verdict).toBe('valid');
});

test('of items that nobody looked for nothing is said', () => {
  expect(verdictOf(life().ok(1, 'read')).verdict).toBe('not-judged');
});
