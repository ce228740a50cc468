import { expect, test } from '@jest/globals';
import type { StreamEffect } from '../../../plan/fault.ts';
import type { FaultEvent, History } from '../../events.ts';
import type { Journal } from '../../journal.ts';
import { callOf, Recording } from '../../simulation/recording.ts';
import { type RefusalOptions, refusals } from './refusals.ts';

const judged = (recording: Recording | History, journal?: Journal, options: RefusalOptions = {}) =>
  refusals(options).check(recording instanceof Recording ? recording.history : recording, journal);
const written = () => new Recording().ok(1, 'write', { value: 'a' }, { status: 200 });
const missing = { status: 404 };

test('what succeeds, and what is refused with a reason, is in order', () => {
  const run = written().ok(1, 'delete', {}, { status: 204 }).fail(2, 'read', {}, missing);
  expect(judged(run)).toEqual({ checker: 'refusals', verdict: 'valid', counted: 3 });
  expect(judged(new Recording().fail(1, 'read', {}, missing))).toMatchObject({ verdict: 'valid' });
});

test('a 404 of what surely exists is false', () => {
  expect(judged(written().fail(2, 'read', {}, missing))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2'],
    reason: 'read o2 got 404, though it exists',
  });
  const again = new Recording().ok(1, 'delete').ok(1, 'write', { value: 'b' }).fail(2, 'cas', {}, missing);
  expect(judged(again)).toMatchObject({ verdict: 'invalid', counterexample: ['o2', 'o3'] });
});

test.each([
  ['another tenant asks', () => written().fail(2, 'read', { tenant: 'bob' }, missing)],
  ['a deletion may have come', () => written().unknown(2, 'delete').fail(2, 'read', {}, missing)],
  [
    'its writing was never acknowledged',
    () => new Recording().unknown(1, 'write', { value: 'a' }).fail(2, 'read', {}, missing),
  ],
  [
    'an element was to be removed',
    () => new Recording().ok(1, 'add', { value: 'a' }).fail(1, 'remove', { value: 'a' }, missing),
  ],
  [
    'the last element was removed',
    () =>
      new Recording()
        .ok(1, 'add', { value: 'a' })
        .ok(1, 'remove', { value: 'a' })
        .fail(1, 'list', {}, missing),
  ],
  [
    'another part of the request may be what is missing',
    () => written().fail(2, 'read', { partOf: 'o9' }, missing),
  ],
])('a 404 is right where %s', (_, run) => {
  expect(judged(run())).toMatchObject({ verdict: 'valid' });
});

test('a deletion beside the question excuses a 404, one that was over before the writing does not', () => {
  const recording = written();
  const end = recording.begin(2, 'read');
  recording.ok(1, 'delete');
  end('fail', missing);
  expect(judged(recording)).toMatchObject({ verdict: 'valid' });
});

test('a model that served a call is not missing for an equal one, unless something took it away', () => {
  const asked = { args: { model: 'm' }, expect: 'x' };
  const served = () => new Recording().ok(1, 'call', asked, { status: 200, value: 'x' });
  expect(judged(served().fail(2, 'call', asked, missing), [])).toMatchObject({ verdict: 'invalid' });
  const other = { ...asked, args: { model: 'n' } };
  expect(judged(served().fail(2, 'call', other, missing), [])).toMatchObject({ verdict: 'valid' });
  const taken = served().ok(1, 'delete', { key: 'm' }).fail(2, 'call', asked, missing);
  expect(judged(taken, [])).toMatchObject({ verdict: 'valid' });
});

test('a 429 is false while fewer than the limit can have been counted', () => {
  const limited = { status: 429 };
  const run = () => new Recording().ok(1, 'request').fail(1, 'request', {}, limited);
  expect(judged(run(), [], { limit: 2, windowMs: 1_000 })).toMatchObject({
    verdict: 'invalid',
    reason: 'request o2 got 429, though only 1 of 2 could count',
  });
  expect(judged(run(), [], { limit: 1, windowMs: 1_000 })).toMatchObject({ verdict: 'valid' });
  expect(judged(run())).toMatchObject({ verdict: 'valid' });
  const old = new Recording().ok(1, 'request').wait(9_000).fail(1, 'request', {}, limited);
  expect(judged(old, [], { limit: 1, windowMs: 1_000 })).toMatchObject({ verdict: 'invalid' });
  const within = new Recording().ok(1, 'request').wait(4_000).fail(1, 'request', {}, limited);
  expect(judged(within, [], { limit: 1, windowMs: 5_000 })).toMatchObject({ verdict: 'valid' });
  // What is unknown, and what was refused, may count.
  const unsure = new Recording().unknown(1, 'request').wait(9_000).fail(1, 'request', {}, limited);
  expect(judged(unsure, [], { limit: 1, windowMs: 1_000 })).toMatchObject({ verdict: 'valid' });
  const refusedUpstream = [callOf('o1', { status: 429 })];
  expect(judged(run(), refusedUpstream, { limit: 2, windowMs: 1_000 })).toMatchObject({ verdict: 'valid' });
});

test('a 5xx needs a fault or a failing upstream', () => {
  const broken = new Recording().unknown(1, 'call', {}, { status: 500 });
  const answered = callOf('o1', { completedAt: 1_002 });
  expect(judged(broken, [answered])).toMatchObject({
    verdict: 'invalid',
    reason: 'call o1 got 500, without a fault and without a failing upstream',
  });
  expect(judged(broken, [callOf('o9', { status: 503 })])).toMatchObject({ verdict: 'valid' });
  expect(judged(broken, [callOf('o1', { hungUpAt: 1_002 })])).toMatchObject({ verdict: 'valid' });
  expect(judged(broken, [answered], { expected: [500] })).toMatchObject({ verdict: 'valid' });
  const notOffered = new Recording().unknown(1, 'read', {}, { status: 501 });
  expect(judged(notOffered)).toMatchObject({ verdict: 'valid' });
  const stop = { on: 'worker', action: 'stop', service: 's', worker: 1, revertAfterMs: 500 } as const;
  const fired: FaultEvent = { type: 'fault', id: 'f1', at: -90_000, state: 'fired', fault: stop };
  const after = [fired, { ...fired, state: 'reverted' as const }, ...broken.history.events];
  expect(judged({ ...broken.history, events: after }, [answered])).toMatchObject({ verdict: 'valid' });
});

test('a refused write whose value shows later was done', () => {
  const refused = { status: 422 };
  const run = (shows: string) =>
    new Recording()
      .ok(1, 'read', {}, { value: 'old' })
      .fail(1, 'write', { value: 'x' }, refused)
      .ok(2, 'read', {}, { value: shows });
  expect(judged(run('x'))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1', 'o2', 'o3'],
    reason: 'write o2 was refused (422) and done all the same',
  });
  expect(judged(run('old'))).toMatchObject({ verdict: 'valid' });
  const added = new Recording().fail(1, 'add', { value: 'x' }, refused).ok(2, 'list', {}, { value: ['x'] });
  expect(judged(added)).toMatchObject({ verdict: 'valid' });
  const { history } = added;
  expect(judged({ ...history, header: { ...history.header, initial: { k: [] } } })).toMatchObject({
    verdict: 'invalid',
  });
});

test('what another tenant or another page shows says nothing of the state before', () => {
  const run = (asked: object) =>
    new Recording()
      .ok(1, 'list', asked, { value: [] })
      .fail(1, 'add', { value: 'x' }, { status: 422 })
      .ok(2, 'list', {}, { value: ['x'] });
  expect(judged(run({}))).toMatchObject({ verdict: 'invalid' });
  expect(judged(run({ tenant: 'bob' }))).toMatchObject({ verdict: 'valid' });
  expect(judged(run({ args: { page: 2 } }))).toMatchObject({ verdict: 'valid' });
});

test.each([
  ['another write had the same value', (run: Recording) => run.unknown(2, 'write', { value: 'x' }), 422],
  ['a twin may be under way', (run: Recording) => run, 409],
])('a refused write whose value shows is excused where %s', (_, before, status) => {
  const run = before(new Recording().ok(1, 'read', {}, { value: 'old' }));
  run.fail(1, 'write', { value: 'x' }, { status }).ok(2, 'read', {}, { value: 'x' });
  expect(judged(run)).toMatchObject({ verdict: 'valid' });
});

test('a call that was refused before the model is asked does not reach it', () => {
  const refused = (status: number) => new Recording().fail(1, 'call', {}, { status }).history;
  const paid = callOf('o1', { completedAt: 1_002 });
  expect(judged(refused(429), [paid])).toMatchObject({
    verdict: 'invalid',
    reason: 'call o1 was refused (429), and answered upstream',
  });
  expect(judged(refused(401), [callOf('o1', { arrivedAt: 1_500 })])).toMatchObject({
    reason: expect.stringContaining('sent upstream 498 ms later'),
  });
  expect(judged(refused(400), [paid])).toMatchObject({ verdict: 'valid' });
  expect(judged(refused(429), [paid, callOf('o1', { status: 429 })])).toMatchObject({ verdict: 'valid' });
  expect(judged(refused(429), [callOf('o1', { completedAt: 1_002, answerText: '' })])).toMatchObject({
    verdict: 'valid',
  });
});

test('near a fault, without statuses, and for calls without a journal nothing is judged', () => {
  const hit = written().fail(2, 'read', {}, missing).history;
  const stop = { on: 'worker', action: 'stop', service: 's', worker: 1, revertAfterMs: 500 } as const;
  const fired: FaultEvent = { type: 'fault', id: 'f1', at: 1_001, state: 'fired', fault: stop };
  const { counted, verdict } = judged({
    ...hit,
    events: [...hit.events.slice(0, 2), fired, ...hit.events.slice(2)],
  });
  expect({ counted, verdict }).toEqual({ counted: 1, verdict: 'valid' });
  expect(judged(new Recording().fail(1, 'read'))).toMatchObject({
    verdict: 'not-judged',
    reason: 'no operation says its HTTP status',
  });
  expect(judged(new Recording().unknown(1, 'call', {}, { status: 500 }))).toMatchObject({
    verdict: 'not-judged',
    reason: 'there is no journal',
  });
});

test('an error in a stream is one of its own where the model said everything and nothing breaks', () => {
  const stream = { frames: [{ at: 1, error: 'no JSON' }], complete: false };
  const told = new Recording().unknown(1, 'call', {}, { status: 200, stream });
  const answered = callOf('o1', { completedAt: 1_001 });
  expect(judged(told, [answered])).toMatchObject({ verdict: 'invalid', counterexample: ['o1'] });
  expect(judged(told, [callOf('o1')])).toMatchObject({ verdict: 'valid' });
  expect(judged(told, [callOf('o1', { status: 503 }), answered])).toMatchObject({ verdict: 'valid' });
  expect(judged(told, [])).toMatchObject({ verdict: 'valid' });
});

test('nor may it be one of a model that was given up while it answered well and fast', () => {
  const stream = { frames: [{ at: 1, error: 'no JSON' }], complete: false };
  const told = new Recording().unknown(1, 'call', {}, { status: 200, stream });
  const begun = { framesSent: 3, arrivedAt: 1_000, hungUpAt: 1_400 };
  const given = (up: object) => judged(told, [callOf('o1', { ...begun, ...up })]);
  expect(given({})).toMatchObject({
    verdict: 'invalid',
    reason: 'call o1 got an error in its stream ("no JSON"), though all went well upstream',
  });
  const slow = { kind: 'slow-first-token', at: 1_000 };
  for (const up of [
    { hungUpAt: 3_000 },
    { framesSent: 0 },
    { disturbed: [slow] },
    { fault: { kind: 'stall' } },
  ])
    expect(given(up)).toMatchObject({ verdict: 'valid' });
});

test('bytes that come in small pieces excuse nothing, a broken connection does', () => {
  const { header, events } = new Recording().unknown(1, 'call', {}, { status: 502 }).history;
  const withEffect = (effect: StreamEffect): History => {
    const target = { operation: 'o1' };
    const fault = { on: 'stream', through: 'wire', link: 'a>b', target, effect, revertAfterMs: 500 } as const;
    const fired: FaultEvent = { type: 'fault', id: 'f1', at: 1_001, state: 'fired', fault, proof: {} };
    return { header: { ...header, faults: ['f1'] }, events: [fired, ...events] };
  };
  const answered = callOf('o1', { completedAt: 1_001 });
  // A fault that may have begun before excuses what fails afterwards; these stand on the operation itself.
  expect(judged(withEffect({ kind: 'cut', afterFrames: 1, by: 'rst' }), [answered])).toMatchObject({
    verdict: 'not-judged',
  });
  const stream = { frames: [{ at: 1, error: 'no JSON' }], complete: false };
  const told = new Recording().unknown(1, 'call', {}, { status: 200, stream }).history;
  const sliced = { ...withEffect({ kind: 'slice', bytes: 1 }) };
  const [fired] = sliced.events;
  expect(
    judged({ header: sliced.header, events: [...(fired ? [fired] : []), ...told.events] }, [answered]),
  ).toMatchObject({
    verdict: 'invalid',
  });
});
