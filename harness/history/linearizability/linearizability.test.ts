import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../plan/json.ts';
import type { Action, History } from '../events.ts';
import { Recording } from '../simulation/recording.ts';
import { convergence } from '../state/convergence.ts';
import { lostUpdate } from '../state/lost-update.ts';
import { readYourWrites } from '../state/read-your-writes.ts';
import { staleRead } from '../state/stale-read.ts';
import { linearizable } from './linearizability.ts';
import { hasOrder } from './oracle.ts';

const judged = ({ history }: Recording) => linearizable().check(history);

/** Histories of three clients with answers at random: some can be explained, most cannot. Some requests repeat each other. */
function histories(choices: readonly Action[], beginning: fc.Arbitrary<Json>): fc.Arbitrary<History> {
  const values = fc.constantFrom(null, 1, 2, 3);
  const tick = fc.record({
    client: fc.integer({ min: 1, max: 3 }),
    does: fc.constantFrom(...choices),
    value: fc.constantFrom(1, 2, 3),
    from: values,
    isKeyed: fc.integer({ min: 0, max: 3 }).map((chance) => chance === 0),
    seen: fc.record({ value: values, list: fc.subarray([1, 2, 3]), matched: fc.boolean() }),
    type: fc.constantFrom('ok', 'ok', 'ok', 'unknown', 'fail'),
  });
  const ticks = fc.array(tick, { maxLength: 16 });
  return fc.tuple(ticks, fc.option(beginning, { nil: undefined })).map(([steps, initial]) => {
    const recording = new Recording([], initial === undefined ? undefined : { k: initial });
    const running = new Map<number, { end: ReturnType<Recording['begin']>; does: Action }>();
    for (const { client, does, value, from, isKeyed, seen, type } of steps) {
      const current = running.get(client);
      if (!current) {
        const isRepeated = isKeyed && !['cas', 'read', 'list', 'count'].includes(does);
        const key = isRepeated ? { idempotencyKey: `${does} ${value}`, from: null } : { from };
        running.set(client, { end: recording.begin(client, does, { value, ...key }), does });
        continue;
      }
      running.delete(client);
      const answers = { list: seen.list, cas: seen.matched, read: seen.value, count: seen.value ?? 0 };
      const answer = answers[current.does as keyof typeof answers] ?? null;
      current.end(type, type === 'ok' ? { value: answer } : {});
    }
    return recording.history;
  });
}

const registers = histories(
  ['read', 'read', 'write', 'write', 'cas', 'delete'],
  fc.constantFrom<Json>(null, 1, 2),
);
const sets = histories(['add', 'add', 'remove', 'list', 'list', 'delete'], fc.subarray([1, 2, 3]));
const counters = histories(['increment', 'increment', 'count', 'count'], fc.nat(2));

test.each([
  ['registers', registers],
  ['sets', sets],
  ['counters', counters],
] as const)('on %s it agrees with trying every order from every beginning', (_, arbitrary) => {
  const found = { valid: 0, invalid: 0, 'not-judged': 0, unknown: 0 };
  fc.assert(
    fc.property(arbitrary, (history) => {
      const { verdict } = linearizable().check(history);
      found[verdict] += 1;
      expect(verdict === 'not-judged' ? 'valid' : verdict).toBe(hasOrder(history) ? 'valid' : 'invalid');
    }),
    { numRuns: 2_500, seed: 11 },
  );
  expect(found.unknown).toBe(0);
  expect(Math.min(found.valid, found.invalid)).toBeGreaterThan(100);
});

test.each([
  ['registers', registers],
  ['sets', sets],
  ['counters', counters],
] as const)('what is called stale, lost or diverged on %s has no order', (_, arbitrary) => {
  let found = 0;
  fc.assert(
    fc.property(arbitrary, (history) => {
      for (const checker of [staleRead, readYourWrites, lostUpdate, convergence()]) {
        const verdict = checker.check(history);
        if (verdict.verdict !== 'invalid') continue;
        found += 1;
        expect({ verdict, hasOrder: hasOrder(history) }).toEqual({ verdict, hasOrder: false });
      }
    }),
    { numRuns: 2_500, seed: 13 },
  );
  expect(found).toBeGreaterThan(100);
});

test('a counterexample is a part of the history, without an order itself', () => {
  fc.assert(
    fc.property(registers, (history) => {
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
  expect(judged(good)).toEqual({ checker: 'linearizable', verdict: 'valid', counted: 1 });
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
  expect(judged(recording)).toMatchObject({ verdict: 'not-judged', counted: 0 });
  recording.ok(1, 'read', {}, { value: 9 });
  expect(linearizable({ steps: 5 }).check(recording.history)).toMatchObject({
    verdict: 'unknown',
    reason: '1 key(s) not decided within 5 steps',
  });
});
