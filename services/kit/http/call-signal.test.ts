import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from '@jest/globals';
import { boundedSignal, callSignal } from './call-signal.ts';

/** As much of a response as a signal looks at. */
function response(state: { destroyed?: boolean; writableFinished?: boolean } = {}) {
  const emitter = Object.assign(new EventEmitter(), { destroyed: false, writableFinished: false, ...state });
  return emitter as unknown as ServerResponse & { writableFinished: boolean };
}

test('the call ends when the client goes, and not when its answer is complete', () => {
  const cutOff = new AbortController().signal;
  const [gone, done] = [response(), response()];
  const [first, second] = [callSignal(gone, cutOff), callSignal(done, cutOff)];
  gone.emit('close');
  done.writableFinished = true;
  done.emit('close');
  expect([first.aborted, second.aborted]).toEqual([true, false]);
  expect(first.reason).toMatchObject({ name: 'AbortError' });
});

test('a client that went before is noticed', () => {
  expect(callSignal(response({ destroyed: true }), new AbortController().signal).aborted).toBe(true);
});

test('what is open ends with the reason of the cut, what is answered does not, and what comes later does', () => {
  const cutOff = new AbortController();
  const reason = new Error('shutting down');
  const answered = response({ writableFinished: true });
  const signals = [response(), response(), answered].map((one) => callSignal(one, cutOff.signal));
  answered.emit('close');
  cutOff.abort(reason);
  expect(signals.map((signal) => signal.aborted)).toEqual([true, true, false]);
  expect(signals[0]?.reason).toBe(reason);
  expect(callSignal(response(), cutOff.signal).reason).toBe(reason);
});

test('a bound is a TimeoutError, and none once it is disposed of', async () => {
  const { signal } = new AbortController();
  const early = boundedSignal(signal, 1);
  const late = boundedSignal(signal, 5);
  early[Symbol.dispose]();
  await new Promise((done) => late.signal.addEventListener('abort', done));
  expect(late.signal.reason).toMatchObject({ name: 'TimeoutError' });
  expect(early.signal.aborted).toBe(false);
});

test('a bounded signal ends with the signal that it bounds, however early that was', () => {
  const controller = new AbortController();
  const before = boundedSignal(controller.signal, 60_000);
  controller.abort('why');
  const after = boundedSignal(controller.signal, 60_000);
  expect([before.signal.reason, after.signal.reason]).toEqual(['why', 'why']);
  before[Symbol.dispose]();
  after[Symbol.dispose]();
});

test('a call that is bounded ends in time, and not when its answer has gone out before', async () => {
  const cutOff = new AbortController().signal;
  const [open, answered] = [response(), response()];
  const early = callSignal(answered, cutOff, 1);
  answered.writableFinished = true;
  answered.emit('close');
  const late = callSignal(open, cutOff, 5);
  await new Promise((done) => late.addEventListener('abort', done));
  expect(late.reason).toMatchObject({ name: 'TimeoutError' });
  expect(early.aborted).toBe(false);
});
