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

test('a fault has fired when the journal shows it, and not before', () => {
  const cut = fault({ kind: 'cut', afterFrames: 3, by: 'fin' });
  expect(firedAtProvider(cut, [entry({})])).toBeUndefined();
  expect(firedAtProvider(cut, [entry({ fault: { kind: 'cut' } })])).toEqual({ fault: 'cut' });
  const slow = fault({ kind: 'slow-first-token', delayMs: 200 });
  expect(firedAtProvider(slow, [entry({ completedAt: 1_050 })])).toBeUndefined();
  expect(firedAtProvider(slow, [entry({ completedAt: 1_240 })])).toEqual({ tookMs: 240 });
});
