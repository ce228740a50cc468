import { expect, test } from '@jest/globals';
import { runStepsInSuite } from '../../harness/lab/suite-plan.ts';
import type { StreamEffect } from '../../harness/plan/fault.ts';
import { durationsOf, endings, fault, faultSeen, stream, streamSeen } from '../../harness/suite/fault.ts';

/** A streamed chat, hit on its way from the gateway to the client; then one that is not. */
async function hit(effect: StreamEffect, revertAfterMs = 300) {
  const planned = fault({
    on: 'stream',
    through: 'wire',
    link: 'client>gateway',
    target: { operation: 'o1' },
    effect,
    revertAfterMs,
  });
  const run = await runStepsInSuite('gateway', [planned, stream('o1')]);
  const after = await runStepsInSuite('gateway', [stream('o1')]);
  expect(faultSeen(run).states).toEqual(['fired', 'reverted']);
  expect(endings(after)).toEqual(['ok']);
  const seen = streamSeen(run);
  return {
    ended: endings(run)[0],
    frames: seen?.frames.length ?? 0,
    words: seen?.frames.flatMap((frame) => ('text' in frame ? [frame.text] : [])) ?? [],
    ...durationsOf(run),
    whole: seen?.complete,
    ...faultSeen(run),
  };
}

test('a stream is cut after a frame by the end of its connection', async () => {
  const seen = await hit({ kind: 'cut', afterFrames: 3, by: 'fin' });
  expect(seen).toMatchObject({ ended: 'unknown', whole: false, proof: { framesPassed: 3 } });
});

test('a stream is cut after a byte by a reset', async () => {
  const seen = await hit({ kind: 'cut', afterBytes: 900, by: 'rst' });
  expect(seen).toMatchObject({ ended: 'unknown', proof: { bytesPassed: 900 } });
});

test('a stream falls silent after a frame until the fault ends', async () => {
  const seen = await hit({ kind: 'cut', afterFrames: 2, by: 'silence' });
  expect(seen).toMatchObject({ ended: 'unknown', whole: false, proof: { framesPassed: 2 } });
});

test('a stream ends well after a frame, without its end', async () => {
  const seen = await hit({ kind: 'end', afterFrames: 2 });
  expect(seen).toMatchObject({ ended: 'unknown', whole: false, proof: { framesPassed: 2 } });
});

const whole = { ended: 'ok', whole: true };

test('a stream comes in slices, and is whole all the same', async () => {
  expect(await hit({ kind: 'slice', bytes: 7 })).toMatchObject(whole);
});

test('a stream comes slowly, and is whole all the same', async () => {
  // Some 2 000 bytes; the fault lasts longer than they take.
  const throttled = await hit({ kind: 'throttle', bytesPerSecond: 2_000 }, 5_000);
  expect(throttled).toMatchObject(whole);
  const bytes = Number(throttled.proof?.bytesPassed);
  expect(bytes).toBeGreaterThan(1_500);
  expect(throttled.wholeMs).toBeGreaterThan(0.8 * (bytes / 2_000) * 1_000);
});

test('a stream comes late, and is whole all the same', async () => {
  const delayed = await hit({ kind: 'delay', delayMs: 200 });
  expect(delayed).toMatchObject(whole);
  expect(delayed.wholeMs).toBeGreaterThan(100);
});

test('a stream begins late, and is whole all the same', async () => {
  const slow = await hit({ kind: 'slow-first-token', delayMs: 200 });
  expect(slow).toMatchObject(whole);
  expect(slow.firstMs).toBeGreaterThan(100);
});

test('a frame comes twice, or after the one that follows it', async () => {
  // The first event carries the role, the second a word of its own for each run.
  const [first = '', second = '', ...rest] = (await hit({ kind: 'slice', bytes: 64 })).words.slice(1);
  const twice = await hit({ kind: 'duplicate', frame: 4 });
  expect(twice.words.slice(1)).toEqual([first, second, second, ...rest]);
  const swapped = await hit({ kind: 'reorder', frame: 3 });
  expect(swapped.words.slice(1)).toEqual([second, first, ...rest]);
});

test('a frame that is no JSON is not taken for one', async () => {
  expect(await hit({ kind: 'malformed', frame: 3 })).toMatchObject({ ended: 'unknown' });
});

test('a client is refused by a reset, or by an answer of the wire', async () => {
  expect(await hit({ kind: 'refuse' })).toMatchObject({ ended: 'unknown', frames: 0 });
  expect(await hit({ kind: 'status', status: 503 })).toMatchObject({ ended: 'unknown', frames: 0 });
});

test('a connection whose far end is gone says nothing until the fault ends', async () => {
  expect(await hit({ kind: 'half-open' })).toMatchObject({ ended: 'unknown', frames: 0 });
});
