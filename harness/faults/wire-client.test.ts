import { expect, test } from '@jest/globals';
import type { StreamFault } from '../plan/fault.ts';
import { firedOnWire, wireFault } from './wire-client.ts';

const planned: StreamFault = {
  on: 'stream',
  through: 'wire',
  link: 'gateway>baseline-cli',
  target: { operation: 'o1' },
  effect: { kind: 'cut', afterFrames: 3, by: 'rst' },
  revertAfterMs: 500,
};
const idOf = (operation: string) => `${operation}-abc`;

test('a fault of an operation hits the exchange that carries the id of this run, and waits for it', () => {
  expect(wireFault(planned, idOf)).toEqual({
    match: { link: 'gateway>baseline-cli', operation: 'o1-abc' },
    effect: { kind: 'cut', afterFrames: 3, by: 'rst' },
    revertAfterMs: 500,
    expiresAfterMs: 60_000,
  });
});

test('a fault of a connection counts connections from its arming', () => {
  const match = { link: 'gateway>baseline-cli', connection: 2 };
  expect(wireFault({ ...planned, target: { connection: 2 } }, idOf)).toMatchObject({ match });
});

test('an end without the end of the answer is a cut that ends the body properly', () => {
  const ended = wireFault({ ...planned, effect: { kind: 'end', afterFrames: 2 } }, idOf);
  expect(ended).toMatchObject({ effect: { kind: 'cut', afterFrames: 2, by: 'end' } });
});

test('the wire holds nothing longer than a minute', () => {
  expect(wireFault({ ...planned, revertAfterMs: 300_000 }, idOf)).toMatchObject({ revertAfterMs: 60_000 });
});

test('only a fault that fired has a proof', () => {
  expect(firedOnWire({ state: 'expired', matched: 1, fired: 0 })).toBeUndefined();
  const fired = { state: 'over', matched: 1, fired: 1, firedAt: 5, connection: 2, framesPassed: 3 } as const;
  const proof = { firedAt: 5, connection: 2, framesPassed: 3 };
  expect(firedOnWire(fired)).toEqual({ proof, at: 5, overAt: undefined });
  expect(firedOnWire({ ...fired, hits: [{ firedAt: 5, overAt: 9 }] })).toMatchObject({ at: 5, overAt: 9 });
});
