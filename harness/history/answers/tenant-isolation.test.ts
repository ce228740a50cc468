import { expect, test } from '@jest/globals';
import { callOf, Recording, streamOf } from '../simulation/recording.ts';
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
    counted: 2,
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
    reason: 'call o3 has "mk-bob-1" of bob in the request upstream for ann',
  });
});

test('markers that cannot be told apart are not judged', () => {
  const withMarker = (marker: string) => {
    const eve = { tenant: 'eve', marker };
    return tenantIsolation.check(start().ok(3, 'write', eve).ok(3, 'read', eve, { value: marker }).history);
  };
  expect(withMarker('mk-bob-1')).toMatchObject({
    verdict: 'not-judged',
    reason: 'two tenants share the marker "mk-bob-1"',
  });
  expect(withMarker('eve')).toMatchObject({
    verdict: 'not-judged',
    reason: 'the markers do not begin alike',
  });
  expect(withMarker('mk-eve-1')).toMatchObject({ verdict: 'valid', counted: 1 });
});

test('without markers, without a second tenant and without text nothing is judged', () => {
  const judged = (recording: Recording) => tenantIsolation.check(recording.history);
  const said = { value: 'mk-ann-1' };
  const unmarked = new Recording().ok(1, 'call', { tenant: 'ann' }, said).ok(1, 'call', { tenant: 'bob' });
  expect(judged(unmarked)).toMatchObject({ verdict: 'not-judged', reason: 'no operation has a marker' });
  const alone = new Recording().ok(1, 'call', ann, said);
  expect(judged(alone)).toMatchObject({ verdict: 'not-judged', reason: 'there are no two tenants' });
  expect(judged(start())).toMatchObject({
    verdict: 'not-judged',
    reason: 'no answer and no request upstream has text',
    counted: 0,
  });
});

test("a marker of one's own that was cut in mid-stream is not another's", () => {
  const two = new Recording()
    .ok(1, 'write', { tenant: 'ann', marker: 'secret-12' })
    .ok(2, 'write', { tenant: 'bob', marker: 'secret-1' });
  const { history } = two.unknown(1, 'call', { tenant: 'ann' }, { stream: streamOf(['so secret-1'], null) });
  expect(tenantIsolation.check(history)).toMatchObject({ verdict: 'valid', counted: 1 });
  const told = two.fail(1, 'call', { tenant: 'ann' }, { error: '400 not allowed: secret-1' });
  expect(tenantIsolation.check(told.history)).toMatchObject({ verdict: 'valid' });
});

test.each([
  ['a complete answer', { stream: streamOf(['so secret-1']) }],
  ['the middle of a cut one', { stream: streamOf(['so secret-1 is'], null) }],
  ['a cut one, where it cannot begin an own marker', { stream: streamOf(['so secret-3'], null) }],
])("another's marker in %s is one", (_, answer) => {
  const { history } = new Recording()
    .ok(1, 'write', { tenant: 'ann', marker: 'secret-12' })
    .ok(2, 'write', { tenant: 'bob', marker: 'secret-1' })
    .ok(2, 'write', { tenant: 'bob', marker: 'secret-3' })
    .ok(1, 'call', { tenant: 'ann' }, answer);
  expect(tenantIsolation.check(history)).toMatchObject({ verdict: 'invalid' });
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
