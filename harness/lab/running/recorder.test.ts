import { expect, test } from '@jest/globals';
import type { ClientFault } from '../../plan/fault.ts';
import { Recorder } from './recorder.ts';

const fault: ClientFault = { on: 'client', action: 'abort', operation: 'o1', afterFrames: 1 };
const fired = { id: 'f1', state: 'fired', fault } as const;
const invoke = (op: string) =>
  [{ type: 'invoke', op, client: 1, name: 'read', does: 'read', key: 'a' }] as const;
const complete = (op: string) => [{ type: 'ok', op, client: 1 }] as const;
const words = ({ events }: Recorder) =>
  events.map((event) => (event.type === 'fault' ? event.state : `${event.type} ${event.op}`));
const times = ({ events }: Recorder) => events.map(({ at }) => at);

test('a fault that is proven at the end stands where it fired', async () => {
  const recorder = new Recorder();
  recorder.invoke(invoke('o1'));
  const between = (recorder.events[0]?.at ?? 0) + 0.0001;
  await new Promise((resume) => setTimeout(resume, 3));
  recorder.complete(complete('o1'));
  recorder.fault(fired, between, 'o1');
  expect(words(recorder)).toEqual(['invoke o1', 'fired', 'ok o1']);
  expect(times(recorder)).toEqual([...times(recorder)].sort((a, b) => a - b));
});

test('a fault of an operation never stands before it, however far behind the other clock is', () => {
  const recorder = new Recorder();
  recorder.invoke(invoke('o1'));
  recorder.complete(complete('o1'));
  recorder.fault(fired, 5, 'o1');
  expect(words(recorder)).toEqual(['invoke o1', 'fired', 'ok o1']);
  expect(times(recorder)).toEqual([...times(recorder)].sort((a, b) => a - b));
});

test('a fault before everything is the first event', () => {
  const recorder = new Recorder();
  recorder.invoke(invoke('o1'));
  recorder.fault(fired, 5);
  recorder.complete(complete('o1'));
  expect(words(recorder)).toEqual(['fired', 'invoke o1', 'ok o1']);
});

test('what happens now comes last', () => {
  const recorder = new Recorder();
  recorder.invoke(invoke('o1'));
  recorder.fault(fired);
  recorder.complete(complete('o1'));
  expect(words(recorder)).toEqual(['invoke o1', 'fired', 'ok o1']);
});

test('a fault is over after it has fired, however far behind the other clock is', () => {
  const recorder = new Recorder();
  recorder.invoke(invoke('o1'));
  recorder.complete(complete('o1'));
  recorder.fault(fired, 5, 'o1');
  recorder.fault({ ...fired, state: 'reverted' }, 4, 'o1');
  expect(words(recorder)).toEqual(['invoke o1', 'fired', 'reverted', 'ok o1']);
  expect(times(recorder)).toEqual([...times(recorder)].sort((a, b) => a - b));
});
