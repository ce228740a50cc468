import { describe, expect, test } from '@jest/globals';
import { linearizable } from '../linearizability/linearizability.ts';
import { Recording } from '../simulation/recording.ts';
import { convergence } from './convergence.ts';
import { duplicateEffect } from './duplicate-effect.ts';
import { lostUpdate } from './lost-update.ts';
import { monotonicReads } from './monotonic-reads.ts';
import { readYourWrites } from './read-your-writes.ts';
import { staleRead } from './stale-read.ts';

const all = [
  lostUpdate,
  duplicateEffect,
  staleRead,
  readYourWrites,
  monotonicReads,
  convergence(),
  linearizable(),
];
/** Which checkers call a history invalid. */
const alarms = ({ history }: Recording) =>
  all.filter((checker) => checker.check(history).verdict === 'invalid').map(({ name }) => name);

describe('a request that was repeated with its idempotency key has one effect', () => {
  const twice = () =>
    new Recording().ok(1, 'increment', { idempotencyKey: 'K' }).ok(1, 'increment', { idempotencyKey: 'K' });

  test('a counter that counts it once is as it should be', () => {
    expect(alarms(twice().ok(1, 'count', {}, { value: 1 }))).toEqual([]);
    expect(alarms(twice().ok(1, 'count', {}, { value: 0 }))).toContain('stale-read');
  });

  test('the same key on another object, for another tenant or under another name is another request', () => {
    const keys = new Recording()
      .ok(1, 'increment', { idempotencyKey: 'K' })
      .ok(1, 'increment', { key: 'other', idempotencyKey: 'K' }, { value: 'second' })
      .ok(1, 'count', {}, { value: 1 })
      .ok(1, 'count', { key: 'other' }, { value: 1 });
    expect(alarms(keys)).toEqual([]);
    const tenants = new Recording()
      .ok(1, 'increment', { idempotencyKey: 'K', tenant: 'ann' }, { value: 'r1' })
      .ok(2, 'increment', { idempotencyKey: 'K', tenant: 'bob' }, { value: 'r2' })
      .ok(2, 'increment', { idempotencyKey: 'K', tenant: 'bob', name: 'vote' }, { value: 'r3' });
    expect(alarms(tenants.ok(1, 'count', {}, { value: 3 }))).toEqual([]);
    expect(alarms(tenants.ok(1, 'count', {}, { value: 2 }))).not.toEqual([]);
  });

  test('a retried addition is judged', () => {
    const retried = () =>
      new Recording()
        .unknown(1, 'add', { value: 'a', idempotencyKey: 'K' })
        .ok(1, 'add', { value: 'a', idempotencyKey: 'K' });
    expect(alarms(retried().ok(2, 'list', {}, { value: ['a'] }))).toEqual([]);
    expect(staleRead.check(retried().ok(2, 'list', {}, { value: [] }).history)).toMatchObject({
      verdict: 'invalid',
      counterexample: ['o1', 'o2', 'o3'],
    });
  });

  test('the effect of any attempt may be the one, but a refused attempt has none', () => {
    const early = new Recording()
      .unknown(1, 'write', { value: 'a', idempotencyKey: 'K' })
      .ok(2, 'write', { value: 'b' })
      .ok(1, 'write', { value: 'a', idempotencyKey: 'K' });
    expect(alarms(early.ok(2, 'read', {}, { value: 'b' }))).toEqual([]);
    const late = new Recording()
      .fail(1, 'write', { value: 'a', idempotencyKey: 'K' })
      .ok(2, 'write', { value: 'b' })
      .ok(1, 'write', { value: 'a', idempotencyKey: 'K' });
    expect(alarms(late.ok(2, 'read', {}, { value: 'b' }))).toContain('stale-read');
  });

  test('one key for two different things is not judged, and said', () => {
    const unclear = new Recording()
      .ok(1, 'write', { value: 'a', idempotencyKey: 'K' })
      .ok(1, 'write', { value: 'b', idempotencyKey: 'K' })
      .ok(1, 'read', {}, { value: 'a' });
    expect(alarms(unclear)).toEqual([]);
    expect(staleRead.check(unclear.history)).toMatchObject({
      verdict: 'not-judged',
      reason: 'one idempotency key asked for two different things of "k"',
    });
  });
});

describe('compare and set', () => {
  test('a refused cas may be explained by a write of unknown outcome that nobody read', () => {
    const refused = new Recording()
      .ok(1, 'write', { value: 'A' })
      .unknown(2, 'write', { value: 'X' })
      .ok(1, 'cas', { from: 'A', value: 'B' }, { value: false })
      .ok(1, 'write', { value: 'C' })
      .ok(1, 'read', {}, { value: 'C' });
    expect(alarms(refused)).toEqual([]);
    const alone = new Recording()
      .ok(1, 'write', { value: 'A' })
      .ok(1, 'cas', { from: 'A', value: 'B' }, { value: false });
    expect(alarms(alone)).toEqual(['linearizable']);
  });

  test('a cas of unknown outcome may have found what another one made', () => {
    const chain = new Recording()
      .ok(1, 'write', { value: 'A' })
      .unknown(2, 'cas', { from: 'A', value: 'X' })
      .unknown(3, 'cas', { from: 'X', value: 'Y' })
      .ok(1, 'read', {}, { value: 'Y' });
    expect(alarms(chain)).toEqual([]);
  });

  test('a value that was made again may be replaced again', () => {
    const aba = () =>
      new Recording()
        .ok(1, 'cas', { from: 'A', value: 'B' }, { value: true })
        .ok(2, 'cas', { from: 'B', value: 'A' }, { value: true })
        .ok(1, 'cas', { from: 'A', value: 'C' }, { value: true });
    expect(alarms(aba().ok(1, 'read', {}, { value: 'C' }))).toEqual([]);
    const thrice = aba().ok(2, 'cas', { from: 'A', value: 'D' }, { value: true });
    expect(alarms(thrice.ok(1, 'read', {}, { value: 'D' }))).toContain('lost-update');
  });

  test('two that create what was not there cannot both have succeeded', () => {
    const both = new Recording()
      .ok(1, 'cas', { from: null, value: 'B' }, { value: true })
      .ok(2, 'cas', { from: null, value: 'C' }, { value: true })
      .ok(1, 'read', {}, { value: 'C' });
    expect(alarms(both)).toContain('lost-update');
    const deleted = new Recording()
      .ok(1, 'cas', { from: null, value: 'B' }, { value: true })
      .unknown(3, 'delete')
      .ok(2, 'cas', { from: null, value: 'C' }, { value: true })
      .ok(1, 'read', {}, { value: 'C' });
    expect(alarms(deleted)).toEqual([]);
  });
});

describe('the beginning', () => {
  test('of a register may be what somebody writes later', () => {
    const toggled = () =>
      new Recording()
        .ok(1, 'read', {}, { value: 'off' })
        .ok(1, 'write', { value: 'on' })
        .ok(1, 'write', { value: 'off' });
    expect(alarms(toggled().ok(1, 'read', {}, { value: 'off' }))).toEqual([]);
    expect(alarms(toggled().ok(1, 'read', {}, { value: 'on' }))).not.toEqual([]);
  });

  test('of a set may have what is removed and added again', () => {
    const again = () =>
      new Recording()
        .ok(1, 'list', {}, { value: ['p'] })
        .ok(1, 'remove', { value: 'p' })
        .ok(1, 'add', { value: 'p' });
    expect(alarms(again().ok(2, 'list', {}, { value: ['p'] }))).toEqual([]);
    expect(alarms(again().ok(2, 'list', {}, { value: [] }))).toContain('stale-read');
  });

  test('of a counter may be any number', () => {
    expect(alarms(new Recording().ok(1, 'increment').ok(1, 'count', {}, { value: 8 }))).toEqual([]);
  });

  test('is what the header says, where it says so', () => {
    const stated = (value: number) =>
      new Recording([], { k: 3 }).ok(1, 'increment').ok(1, 'count', {}, { value });
    expect(alarms(stated(4))).toEqual([]);
    expect(alarms(stated(3))).toContain('stale-read');
    expect(alarms(stated(5))).toEqual(['duplicate-effect', 'linearizable']);
    const lacks = new Recording([], { k: ['p', 'q'] }).ok(1, 'list', {}, { value: ['q'] });
    expect(alarms(lacks)).toEqual(['stale-read', 'linearizable']);
    const strange = new Recording([], { k: 'a' }).ok(1, 'read', {}, { value: 'b' });
    expect(alarms(strange)).toEqual(['linearizable']);
  });

  test('is not the value of a refused write', () => {
    const refused = new Recording().fail(1, 'write', { value: 'x' }).ok(1, 'read', {}, { value: 'x' });
    expect(alarms(refused)).toEqual(['linearizable']);
    const element = new Recording().fail(1, 'add', { value: 'x' }).ok(1, 'list', {}, { value: ['x'] });
    expect(alarms(element)).toEqual(['linearizable']);
    const before = new Recording().ok(1, 'read', {}, { value: 'x' }).fail(1, 'write', { value: 'x' });
    expect(alarms(before.ok(1, 'read', {}, { value: 'x' }))).toEqual([]);
    const toggle = new Recording().fail(1, 'write', { value: false }).ok(1, 'read', {}, { value: false });
    expect(alarms(toggle)).toEqual([]);
  });
});

describe('what comes late', () => {
  test('a clear of unknown outcome does not excuse one that was acknowledged', () => {
    const cleared = new Recording()
      .ok(1, 'add', { value: 'a' })
      .unknown(2, 'delete')
      .ok(1, 'delete')
      .ok(2, 'list', {}, { value: ['a'] });
    expect(staleRead.check(cleared.history)).toMatchObject({
      verdict: 'invalid',
      counterexample: ['o1', 'o3', 'o4'],
    });
  });

  test('a change whose client gave up may come after everything else', () => {
    const late = new Recording()
      .unknown(1, 'write', { value: 'late' })
      .ok(2, 'write', { value: 'b' })
      .ok(2, 'read', {}, { value: 'b' })
      .ok(2, 'read', {}, { value: 'late' });
    expect(alarms(late)).toEqual([]);
    expect(alarms(late.ok(2, 'read', {}, { value: 'b' }))).not.toEqual([]);
  });

  test('what is removed and added again is there again, once', () => {
    const back = () =>
      new Recording()
        .ok(1, 'add', { value: 'a' })
        .ok(1, 'list', {}, { value: ['a'] })
        .ok(1, 'remove', { value: 'a' })
        .ok(1, 'list', {}, { value: [] })
        .ok(1, 'add', { value: 'a' });
    expect(alarms(back().ok(1, 'list', {}, { value: ['a'] }))).toEqual([]);
    expect(alarms(back().ok(1, 'list', {}, { value: [] }))).toContain('lost-update');
  });

  test('what is added twice may leave one when it is removed', () => {
    const bag = new Recording()
      .ok(1, 'add', { value: 'a' })
      .ok(1, 'add', { value: 'a' })
      .ok(1, 'list', {}, { value: ['a', 'a'] })
      .ok(1, 'remove', { value: 'a' })
      .ok(1, 'list', {}, { value: ['a'] });
    expect(staleRead.check(bag.history)).toMatchObject({ verdict: 'valid' });
  });
});
