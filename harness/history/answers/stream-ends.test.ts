import { expect, test } from '@jest/globals';
import type { FaultEvent, StreamSeen } from '../events.ts';
import { type Answered, Recording, streamOf } from '../simulation/recording.ts';
import { streamEnds } from './stream-ends.ts';

const ended = (stream: StreamSeen, endedCleanly?: boolean, answer: Answered = {}) =>
  new Recording().unknown(
    1,
    'call',
    {},
    {
      ...answer,
      stream: { ...stream, ...(endedCleanly === undefined ? {} : { endedCleanly }) },
    },
  ).history;
const open = streamOf(['one ', 'two'], null);

test('a stream ends with its terminal event, with an error, or breaks off', () => {
  for (const history of [
    ended(streamOf(['one ']), true),
    ended(streamOf(['one '], 'error'), true),
    ended(open, false),
  ]) {
    expect(streamEnds.check(history)).toEqual({ checker: 'stream-ends', verdict: 'valid', counted: 1 });
  }
});

test('a body that ends cleanly without a word of how it ended is found, an empty one too', () => {
  expect(streamEnds.check(ended(open, true))).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1'],
    reason: 'call o1 ended cleanly after 2 frames, without terminal event and without error',
  });
  expect(streamEnds.check(ended(streamOf([], null), true))).toMatchObject({ verdict: 'invalid' });
});

test('a client that hung up, or whose time was over, has not seen the end', () => {
  expect(streamEnds.check(ended(open, true, { abortedAt: 1_001 }))).toMatchObject({ verdict: 'not-judged' });
  const recording = new Recording();
  recording.begin(1, 'call')('unknown', { stream: open, timedOut: true });
  expect(streamEnds.check(recording.history)).toMatchObject({
    verdict: 'not-judged',
    reason: 'no stream that its client read to its end',
  });
});

test('one that breaks off needs a fault of its own: the fault of another, and none at all, explain nothing', () => {
  const history = ended(open, false);
  const on = (link: string, operation: string): FaultEvent => ({
    type: 'fault',
    id: 'f1',
    at: 1_003,
    state: 'fired',
    fault: {
      on: 'stream',
      through: 'wire',
      link,
      target: { operation },
      effect: { kind: 'cut', afterFrames: 2, by: 'rst' },
      revertAfterMs: 500,
    },
  });
  const killed: FaultEvent = {
    type: 'fault',
    id: 'f1',
    at: 1_003,
    state: 'fired',
    fault: { on: 'worker', action: 'kill', service: 'gateway', worker: 1, revertAfterMs: 500 },
  };
  const verdictWith = (...faults: FaultEvent[]) =>
    streamEnds.check({ ...history, events: [...history.events, ...faults] }, []).verdict;
  expect(verdictWith()).toBe('invalid');
  expect(verdictWith(on('gateway>provider', 'o9'))).toBe('invalid');
  expect(verdictWith(on('gateway>provider', 'o1'))).toBe('valid');
  expect(verdictWith(on('client>gateway', 'o9'))).toBe('valid');
  expect(verdictWith(killed)).toBe('valid');
  expect(streamEnds.check(history).verdict).toBe('valid');
});

test('where the end of the body cannot be told, or the wire made it, nothing is judged', () => {
  expect(streamEnds.check(ended(open))).toMatchObject({
    verdict: 'not-judged',
    reason: 'streams do not say how their body ended',
  });
  const history = ended(open, true);
  const cutOn = (link: string): FaultEvent => ({
    type: 'fault',
    id: 'f1',
    at: 1_003,
    state: 'fired',
    fault: {
      on: 'stream',
      through: 'wire',
      link,
      target: { operation: 'o1' },
      effect: { kind: 'end', afterFrames: 2 },
      revertAfterMs: 500,
    },
  });
  const verdictWith = (fault: FaultEvent) =>
    streamEnds.check({ ...history, events: [...history.events, fault] }).verdict;
  expect(verdictWith(cutOn('client>gateway'))).toBe('not-judged');
  expect(verdictWith(cutOn('gateway>provider'))).toBe('invalid');
});
