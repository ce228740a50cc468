import { expect, test } from '@jest/globals';
import type { JournalEntry } from '../history/journal.ts';
import type { StreamEffect, StreamFault } from '../plan/fault.ts';
import { firedAtProvider, providerDirective } from './provider-directives.ts';

const fault = (effect: StreamEffect): StreamFault => ({
  on: 'stream',
  through: 'provider',
  target: { operation: 'o1' },
  effect,
  revertAfterMs: 500,
});
const entry = (seen: Partial<JournalEntry>): JournalEntry => ({
  op: 'o1',
  kind: 'chat',
  status: 200,
  requestText: '',
  answerText: '',
  framesSent: 3,
  arrivedAt: 1_000,
  ...seen,
});

test('a cut by FIN breaks the connection, a cut by silence stalls it', () => {
  expect(providerDirective(fault({ kind: 'cut', afterFrames: 3, by: 'fin' }))).toBe('cut=3');
  expect(providerDirective(fault({ kind: 'cut', afterFrames: 3, by: 'silence' }))).toBe('stall=3');
});

test('a refusal carries its Retry-After', () => {
  expect(providerDirective(fault({ kind: 'status', status: 429, retryAfterS: 1 }))).toBe(
    'status=429 retry_after=1',
  );
});

test('what only a proxy on the way can do has no directive', () => {
  expect(providerDirective(fault({ kind: 'cut', afterBytes: 10, by: 'fin' }))).toBeUndefined();
  expect(providerDirective(fault({ kind: 'slice', bytes: 1 }))).toBeUndefined();
});

const at = 1_100;

test('a fault has fired when the provider says that it did this, and when', () => {
  const cut = fault({ kind: 'cut', afterFrames: 3, by: 'fin' });
  expect(firedAtProvider(cut, [entry({})])).toBeUndefined();
  const did = entry({ fault: { kind: 'cut' }, disturbed: [{ kind: 'cut', at, afterFrames: 3 }] });
  expect(firedAtProvider(cut, [entry({}), did])).toEqual({
    proof: { kind: 'cut', afterFrames: 3 },
    at,
    overAt: at,
  });
});

test('a stall lasts until the other side hangs up', () => {
  const silence = fault({ kind: 'cut', afterFrames: 3, by: 'silence' });
  const did = entry({ disturbed: [{ kind: 'stall', at, afterFrames: 3 }], hungUpAt: 1_900 });
  expect(firedAtProvider(silence, [did])).toMatchObject({ at, overAt: 1_900 });
});

test('what the provider did to an answer proves no other fault', () => {
  const cut = entry({ fault: { kind: 'cut' }, disturbed: [{ kind: 'cut', at, afterFrames: 3 }] });
  expect(firedAtProvider(fault({ kind: 'end', afterFrames: 3 }), [cut])).toBeUndefined();
  expect(firedAtProvider(fault({ kind: 'cut', afterFrames: 3, by: 'silence' }), [cut])).toBeUndefined();
  const refused = entry({ status: 503, disturbed: [{ kind: 'status', at, status: 503 }] });
  expect(firedAtProvider(fault({ kind: 'status', status: 503 }), [refused])).toMatchObject({ at });
  expect(firedAtProvider(fault({ kind: 'status', status: 500 }), [refused])).toBeUndefined();
});

test('an answer that is late by itself, or refused by itself, proves nothing', () => {
  const late = fault({ kind: 'slow-first-token', delayMs: 50 });
  expect(firedAtProvider(late, [entry({ completedAt: 1_900 })])).toBeUndefined();
  const held = (waitedMs: number) => entry({ disturbed: [{ kind: 'slow-first-token', at, waitedMs }] });
  expect(firedAtProvider(late, [held(20)])).toBeUndefined();
  expect(firedAtProvider(late, [held(51)])).toMatchObject({ proof: { waitedMs: 51 } });
  expect(firedAtProvider(fault({ kind: 'status', status: 503 }), [entry({ status: 503 })])).toBeUndefined();
});
