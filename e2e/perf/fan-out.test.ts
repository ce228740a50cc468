/**
 * The gateway is restarted and its streams are measured, so nothing else may use the stack meanwhile.
 *
 * @alone machine
 */
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type FannedStream, fanOut, faultsIn } from '../../harness/suite/measure/fan-out.ts';
import { type Measurement, measurementOf, noteMeasurement } from '../../harness/suite/measure/measurement.ts';
import { whileWatchingMemory } from '../../harness/suite/measure/resident-watch.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { restartService } from '../../harness/suite/restart.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { service } from '../../harness/suite/stack.ts';

const pace = { words: 42, wordsPerSecond: 14 };
const paceMs = (pace.words * 1000) / pace.wordsPerSecond;
/** What a stream may take, measured by the pace of its model: 500 of them are more than two cores do in time. */
const slowestPace = 6;
/** And measured by the stream in the middle: nobody is left behind. */
const mostUneven = 3;
/** Rough, as heaps grow and shrink in steps of their own: it finds a gateway that keeps what it has sent. */
const mostBytesPerStream = 256 * 1024;

let model: string;
beforeAll(async () => {
  model = await textModel();
  // What earlier tests made the heaps of the workers grow to would hide what streams add to them.
  if (!service('gateway').remote) await restartService('gateway');
}, 150_000);
beforeEach(async () => {
  await needs('responses');
  await needsScriptedResponses();
});

interface Seen {
  readonly streams: readonly FannedStream[];
  readonly measured: Measurement;
}

async function measure(count: number): Promise<Seen> {
  const { done: streams, resident } = await whileWatchingMemory(count, (onOpen) =>
    fanOut(model, count, pace, onOpen),
  );
  const measured = { ...measurementOf('fan-out', streams), resident };
  noteMeasurement(measured);
  return { streams, measured };
}

function expectWhole({ streams, measured }: Seen, count: number): void {
  expect(faultsIn(streams)).toEqual([]);
  expect(measured.openAtOnce).toBe(count);
}

function expectEven({ measured: { completionMs } }: Seen): void {
  expect(completionMs.p99 / paceMs).toBeLessThan(slowestPace);
  expect(completionMs.p99 / completionMs.p50).toBeLessThan(mostUneven);
}

/** Where memory cannot be seen, `perf.json` and the summary of the run say why. */
function expectLight({ measured: { resident } }: Seen): void {
  if (!resident || 'unknown' in resident) return;
  convention('gateway', 'an open stream of events adds at most 256 KB of resident memory', () =>
    expect(resident.perStreamBytes).toBeLessThan(mostBytesPerStream),
  );
}

test('one stream is whole, at the pace of its model', async () => {
  const seen = await measure(1);
  expectWhole(seen, 1);
  expectEven(seen);
});

test('of 10 streams at once no event is lost, doubled or out of order, and none is left behind', async () => {
  const seen = await measure(10);
  expectWhole(seen, 10);
  expectEven(seen);
});

// covers 001/responses-fan-out
test('of 100 streams at once no event is lost, doubled or out of order, and none is left behind', async () => {
  const seen = await measure(100);
  expectWhole(seen, 100);
  expectEven(seen);
});

// covers 001/responses-fan-out
test('of 500 streams at once no event is lost, doubled or out of order, and none is left behind', async () => {
  const seen = await measure(500);
  expectWhole(seen, 500);
  expectEven(seen);
  expectLight(seen);
});
