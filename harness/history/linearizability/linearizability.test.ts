import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Action, History } from '../events.ts';
import { Recording } from '../simulation/recording.ts';
import { timelineOf } from '../timeline.ts';
import { linearizable } from './linearizability.ts';
import { type Move, modelOf } from './model.ts';

const judged = ({ history }: Recording) => linearizable().check(history);

/** By trying every order: operations with an end must be in it, others may. */
function hasOrder(history: History): boolean {
  const { operations } = timelineOf(history);
  const model = modelOf(operations);
  if (!model) return true;
  type Entry = { start: number; end: number; move: Move<unknown> };
  const entries = operations.flatMap(({ ...operation }): Entry[] => {
    const move = model.moveOf(operation);
    return move ? [{ start: operation.start, end: operation.end, move }] : [];
  });
  const place = (state: unknown, left: readonly Entry[]): boolean => {
    if (left.every(({ end }) => end === Number.POSITIVE_INFINITY)) return true;
    const due = Math.min(...left.map(({ end }) => end));
    return left.some((entry) => {
      const after = entry.start < due ? entry.move.apply(state) : undefined;
      return (
        after !== undefined &&
        place(
          after,
          left.filter((other) => other !== entry),
        )
      );
    });
  };
  return place(model.initial, entries);
}

/** Histories of three clients with answers at random: some can be explained, most cannot. */
function histories(choices: readonly Action[]): fc.Arbitrary<History> {
  const values = fc.constantFrom(null, 1, 2, 3);
  const tick = fc.record({
    client: fc.integer({ min: 1, max: 3 }),
    does: fc.constantFrom(...choices),
    value: fc.constantFrom(1, 2, 3),
    from: values,
    seen: fc.record({ value: values, list: fc.subarray([1, 2, 3]), matched: fc.boolean() }),
    type: fc.constantFrom('ok', 'ok', 'ok', 'unknown', 'fail'),
  });
  return fc.array(tick, { maxLength: 16 }).map((ticks) => {
    const recording = new Recording();
    const running = new Map<number, { end: ReturnType<Recording['begin']>; does: Action }>();
    for (const { client, does, value, from, seen, type } of ticks) {
      const current = running.get(client);
      if (!current) running.set(client, { end: recording.begin(client, does, { value, from }), does });
      else {
        running.delete(client);
        const answers = { list: seen.list, cas: seen.matched, read: seen.value, count: seen.value ?? 0 };
        const value = answers[current.does as keyof typeof answers] ?? null;
        current.end(type, type === 'ok' ? { value } : {});
      }
    }
    return recording.history;
  });
}

test.each([
  ['registers', ['read', 'read', 'write', 'write', 'cas', 'delete']],
  ['sets', ['add', 'add', 'remove', 'list', 'list', 'delete']],
  ['counters', ['increment', 'increment', 'count']],
] as const)('on %s it agrees with trying every order', (_, choices) => {
  let valid = 0;
  let invalid = 0;
  fc.assert(
    fc.property(histories(choices), (history) => {
      const expected = hasOrder(history) ? 'valid' : 'invalid';
      if (expected === 'valid') valid += 1;
      else invalid += 1;
      expect(linearizable().check(history).verdict).toBe(expected);
    }),
    { numRuns: 1_500, seed: 11 },
  );
  expect(Math.min(valid, invalid)).toBeGreaterThan(100);
});

test('a counterexample is a part of the history, without an order itself', () => {
  fc.assert(
    fc.property(histories(['read', 'write', 'write', 'cas']), (history) => {
      const { verdict, counterexample = [] } = linearizable().check(history);
      if (verdict !== 'invalid') return;
      const kept = new Set(counterexample);
      const events = history.events.filter((event) => event.type !== 'fault' && kept.has(event.op));
      expect(kept.size).toBeGreaterThan(0);
      expect(linearizable().check({ header: history.header, events }).verdict).toBe('invalid');
    }),
    { numRuns: 500, seed: 12 },
  );
});

test('the counterexample of a stale read among many operations is the two writes and the read', () => {
  const recording = new Recording();
  for (let count = 0; count < 200; count += 1) {
    recording.ok(1, 'write', { value: `v${count}` }).ok(2, 'read', {}, { value: `v${count}` });
  }
  recording.ok(2, 'read', {}, { value: 'v198' }).ok(1, 'write', { value: 'more' });
  expect(judged(recording)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o397', 'o399', 'o401'],
    reason: '400 operations up to read o400 have an order, then read o401 with "v198" cannot be placed',
  });
});

test('a lost increment and a lost element have no order', () => {
  const counter = new Recording().ok(1, 'increment').ok(2, 'increment').ok(1, 'count', {}, { value: 1 });
  expect(judged(counter)).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o2', 'o3'] });
  const set = new Recording()
    .ok(1, 'add', { value: 'a' })
    .ok(1, 'add', { value: 'b' })
    .ok(1, 'list', {}, { value: ['b'] });
  expect(judged(set)).toMatchObject({ verdict: 'invalid', counterexample: ['o1', 'o3'] });
});

test('keys are judged one by one', () => {
  const good = new Recording()
    .ok(1, 'write', { key: 'x', value: 'a' })
    .ok(1, 'read', { key: 'y' }, { value: null });
  expect(judged(good)).toEqual({ checker: 'linearizable', verdict: 'valid', counted: 2 });
  const bad = good.ok(1, 'add', { key: 'z', value: 1 }).ok(1, 'list', { key: 'z' }, { value: [] });
  expect(judged(bad)).toMatchObject({ verdict: 'invalid', counterexample: ['o3', 'o4'] });
});

test('a lost write may show up late, or never, but not twice', () => {
  const start = () => new Recording().unknown(1, 'write', { value: 'a' }).ok(2, 'write', { value: 'b' });
  const reads = (...values: string[]) =>
    values.reduce((recording, value) => recording.ok(2, 'read', {}, { value }), start());
  expect(judged(reads('b', 'b')).verdict).toBe('valid');
  expect(judged(reads('b', 'a')).verdict).toBe('valid');
  expect(judged(reads('a')).verdict).toBe('valid');
  expect(judged(reads('b', 'a', 'b')).verdict).toBe('invalid');
});

test('without steps left it does not know', () => {
  const recording = new Recording();
  for (let count = 0; count < 10; count += 1) recording.ok(1, 'write', { value: count });
  expect(linearizable({ steps: 5 }).check(recording.history)).toMatchObject({
    verdict: 'unknown',
    reason: '1 key(s) not decided within 5 steps',
  });
});
