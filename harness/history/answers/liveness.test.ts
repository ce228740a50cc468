import { expect, test } from '@jest/globals';
import type { Fault } from '../../plan/fault.ts';
import type { FaultEvent, History } from '../events.ts';
import type { Journal } from '../journal.ts';
import { callOf, Recording, streamOf } from '../simulation/recording.ts';
import { liveness } from './liveness.ts';

/** One call that its client gave up after 5 s, begun at 1,001. */
function hung(does: 'call' | 'read' = 'call'): History {
  const recording = new Recording();
  const end = recording.begin(1, does);
  recording.wait(5_000);
  end('unknown', { timedOut: true, stream: streamOf(['one '], null) });
  return recording.history;
}
const quick: Journal = [callOf('o1', { arrivedAt: 1_002, completedAt: 1_100 })];
const judged = (history: History, journal?: Journal, withinMs?: number) =>
  liveness(withinMs === undefined ? {} : { withinMs }).check(history, journal);

function withFault(fault: Fault, at: number, revertedAt?: number): History {
  const history = hung();
  const [begin, ...end] = history.events;
  const event = (state: FaultEvent['state'], when: number): FaultEvent => ({
    type: 'fault',
    id: 'f1',
    at: when,
    state,
    fault,
  });
  const reverted = revertedAt === undefined ? [] : [event('reverted', revertedAt)];
  return { ...history, events: [event('fired', at), ...reverted, ...(begin ? [begin] : []), ...end] };
}

test('what is answered in time, well or not, is alive', () => {
  const { history } = new Recording().ok(1, 'call').fail(1, 'call').unknown(1, 'read');
  const header = { ...history.header, timeoutMs: 5_000 };
  expect(judged({ ...history, header }, [])).toEqual({ checker: 'liveness', verdict: 'valid', counted: 3 });
});

test('what is never answered is found, though the model had answered; so is what stops in the middle', () => {
  expect(judged(hung(), quick)).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1'],
    reason: 'call o1 got no end, 1 frames, within 5001 ms',
  });
  expect(judged(hung(), [])).toMatchObject({ verdict: 'invalid' });
  expect(judged(hung('read'))).toMatchObject({ verdict: 'invalid' });
});

test('a bound of its own makes late what was answered after it, and nothing that was given up before', () => {
  const slow = new Recording();
  const end = slow.begin(1, 'read');
  slow.wait(300);
  end('ok');
  expect(judged(slow.history, [], 200)).toMatchObject({ verdict: 'invalid' });
  expect(judged(slow.history, [], 400)).toMatchObject({ verdict: 'valid' });
  expect(judged(hung(), quick, 9_000)).toMatchObject({
    verdict: 'not-judged',
    reason: 'operations were given up before their bound',
  });
});

test('a model that did not answer, or others that filled the time, explain it', () => {
  expect(judged(hung(), [callOf('o1', { arrivedAt: 1_002, hungUpAt: 6_002 })])).toMatchObject({
    verdict: 'not-judged',
    reason: 'what took long waited for the model upstream',
  });
  const others = [
    callOf('o8', { arrivedAt: 1_002, completedAt: 3_000 }),
    callOf('o9', { arrivedAt: 3_000, completedAt: 4_000 }),
  ];
  expect(judged(hung(), [...others, ...quick])).toMatchObject({ verdict: 'not-judged' });
});

test('a fault near by or the conduct of its client explains it, one that is long over does not', () => {
  const stop: Fault = { on: 'worker', action: 'stop', service: 's', worker: 1, revertAfterMs: 500 };
  const slowRead: Fault = { on: 'client', action: 'slow-read', operation: 'o1', bytesPerSecond: 1 };
  const lacks = { verdict: 'not-judged', reason: 'faults were near all that took long' };
  expect(judged(withFault(stop, 500), quick)).toMatchObject(lacks);
  expect(judged(withFault(stop, 500, 990), quick)).toMatchObject(lacks);
  expect(judged(withFault(slowRead, 500), quick)).toMatchObject(lacks);
  expect(judged(withFault(stop, -9_000, -8_000), quick)).toMatchObject({ verdict: 'invalid' });
  expect(judged(withFault({ ...slowRead, operation: 'o2' }, 500), quick)).toMatchObject({
    verdict: 'invalid',
  });
});

test('a client that hung up waits no longer', () => {
  const recording = new Recording();
  const end = recording.begin(1, 'read');
  recording.wait(300);
  end('unknown', { abortedAt: 1_300 });
  expect(judged(recording.history, [], 200)).toMatchObject({
    verdict: 'not-judged',
    reason: 'no operation that its client waited for',
  });
});

test('a planned fault that left no event may have happened', () => {
  const history = hung();
  const planned = { ...history, header: { ...history.header, faults: ['f1'] } };
  expect(judged(planned, quick)).toMatchObject({ verdict: 'not-judged' });
});

test('without a bound, and for calls without a journal, nothing is judged', () => {
  const { history } = new Recording().ok(1, 'read');
  expect(judged(history)).toMatchObject({
    verdict: 'not-judged',
    reason: 'the bound of operations is not known',
  });
  expect(judged(hung())).toMatchObject({ verdict: 'not-judged', reason: 'there is no journal' });
});

test('a stream that has said how it ends must end, whatever was broken upstream; a held worker and its own link excuse it', () => {
  const recording = new Recording();
  const end = recording.begin(1, 'call');
  recording.wait(6_000);
  end('unknown', { timedOut: true, stream: { frames: [{ at: 1_100, error: 'cut' }], complete: false } });
  const effect = { kind: 'cut', afterFrames: 1, by: 'rst' } as const;
  const cut = (link: string): Fault => ({
    on: 'stream',
    through: 'wire',
    link,
    target: { operation: 'o1' },
    effect,
    revertAfterMs: 500,
  });
  const stop: Fault = { on: 'worker', action: 'stop', service: 's', worker: 1, revertAfterMs: 500 };
  const under = (fault: Fault): History => {
    const { header, events } = recording.history;
    const at = (state: FaultEvent['state'], when: number): FaultEvent => ({
      type: 'fault',
      id: 'f1',
      at: when,
      state,
      fault,
    });
    return { header, events: [at('fired', 1_050), at('reverted', 1_060), ...events] };
  };
  expect(judged(under(cut('gateway>model')), quick)).toMatchObject({
    verdict: 'invalid',
    reason: 'call o1 got the last frame, and no end within 4 s',
  });
  expect(judged(under(cut('client>gateway')), quick)).toMatchObject({ verdict: 'not-judged' });
  expect(judged(under(stop), quick)).toMatchObject({ verdict: 'not-judged' });
});
