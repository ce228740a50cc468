/**
 * The streams are measured, so nothing else may use the stack meanwhile.
 *
 * @alone machine
 */
import { expect, test } from '@jest/globals';
import { waitForJournal } from '../../harness/suite/journal.ts';
import { fanOut, faultsIn } from '../../harness/suite/measure/fan-out.ts';
import { type Measurement, measurementOf, noteMeasurement } from '../../harness/suite/measure/measurement.ts';
import { openUnread } from '../../harness/suite/measure/unread-stream.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

const pace = { words: 24, wordsPerSecond: 16 };
const readers = 40;
const unreadWords = 400_000;
/** How much longer others may wait for an event, and for the last one. */
const mostDelayed = 3;

// covers 001/responses-fan-out
test('clients that do not read hold back their own model only: the others wait no longer for their events', async () => {
  await needs('responses');
  await needsScriptedResponses();
  const model = await textModel();
  const measure = async (what: string): Promise<Measurement> => {
    const streams = await fanOut(model, readers, pace);
    expect(faultsIn(streams)).toEqual([]);
    const measured = measurementOf(what, streams);
    noteMeasurement(measured);
    return measured;
  };
  const before = await measure('before slow readers');
  const slow = await Promise.all(Array.from({ length: 4 }, () => openUnread(model, unreadWords)));
  const beside: Measurement[] = [];
  try {
    beside.push(await measure('beside slow readers'), await measure('beside slow readers'));
  } finally {
    for (const { leave } of slow) await leave();
  }
  for (const { op } of slow) {
    const { framesSent, completedAt } = await waitForJournal(op, 'hungup');
    expect({ completedAt, isHeldBack: framesSent < unreadWords }).toEqual({ isHeldBack: true });
  }
  const after = await measure('after slow readers');
  // Of two rounds the better one, beside the worse without: a pause of the machine is nobody's fault.
  const ratio = (value: (measured: Measurement) => number) =>
    Math.min(...beside.map(value)) / Math.max(value(before), value(after));
  expect(ratio(({ largestGapMs }) => largestGapMs.p99)).toBeLessThan(mostDelayed);
  expect(ratio(({ completionMs }) => completionMs.p99)).toBeLessThan(mostDelayed);
});
