import { expect, test } from '@jest/globals';
import { callOf, Recording } from '../simulation/recording.ts';
import { tenantIsolation } from './tenant-isolation.ts';

const ann = { tenant: 'ann', marker: 'mk-ann-1' };
const bob = { tenant: 'bob', marker: 'mk-bob-1' };
const start = () => new Recording().ok(1, 'write', ann).ok(2, 'write', bob);

test('tenants see their own markers', () => {
  const good = start()
    .ok(1, 'call', { tenant: 'ann' }, { value: 'you said mk-ann-1, mk-ann-1.' })
    .ok(2, 'list', { tenant: 'bob' }, { value: [{ text: 'mk-bob-1' }] });
  const journal = [callOf('o3', { requestText: 'mk-ann-1' })];
  expect(tenantIsolation.check(good.history, journal)).toEqual({
    checker: 'tenant-isolation',
    verdict: 'valid',
    counted: 4,
  });
});

test("another tenant's marker is found in answers, streams, lists and errors, also inside a word", () => {
  const answers = [
    { value: 'xmk-bob-1x' },
    { value: [{ text: 'of mk-bob-1' }] },
    {
      stream: {
        frames: [
          { at: 1, text: 'mk-b' },
          { at: 2, text: 'ob-1' },
        ],
        complete: true,
      },
    },
    { error: 'duplicate of mk-bob-1' },
  ];
  for (const answer of answers) {
    const { history } = start().ok(1, 'call', { tenant: 'ann' }, answer);
    expect(tenantIsolation.check(history)).toMatchObject({
      verdict: 'invalid',
      counterexample: ['o2', 'o3'],
    });
  }
});

test("another tenant's marker is found in what went upstream", () => {
  const { history } = start().ok(1, 'call', { tenant: 'ann' });
  expect(tenantIsolation.check(history, [callOf('o3', { requestText: 'mk-bob-1' })])).toMatchObject({
    verdict: 'invalid',
    reason: 'the request upstream of call o3 for ann has "mk-bob-1" of bob',
  });
});

test('markers that cannot be told apart make it unknown', () => {
  const withMarker = (marker: string) => start().ok(3, 'write', { tenant: 'eve', marker }).history;
  expect(tenantIsolation.check(withMarker('mk-bob-1'))).toMatchObject({ verdict: 'unknown' });
  expect(tenantIsolation.check(withMarker('eve'))).toMatchObject({ verdict: 'unknown' });
  expect(tenantIsolation.check(withMarker('mk-eve-1'))).toMatchObject({ verdict: 'valid' });
});

test('a marker that begins like another is told apart', () => {
  const longer = start().ok(3, 'write', { tenant: 'eve', marker: 'mk-bob-10' });
  const own = longer.ok(3, 'call', { tenant: 'eve' }, { value: 'mk-bob-10' });
  expect(tenantIsolation.check(own.history)).toMatchObject({ verdict: 'valid' });
  const other = own.ok(3, 'call', { tenant: 'eve' }, { value: 'mk-bob-10 mk-bob-1 ' });
  expect(tenantIsolation.check(other.history)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o2', 'o5'],
  });
});
