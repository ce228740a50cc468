import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { measurementOf, noteMeasurement, openAtOnce, percentiles } from './measurement.ts';
import type { TimedStream } from './timed-stream.ts';

const stream = (firstEventMs: number, arrivedAtMs: readonly number[] = [0, 10]): TimedStream => ({
  ...{ status: 200, events: [{ type: 'a' }, { type: 'b' }], findings: [], text: 'w1', arrivedAtMs },
  ...{ firstEventMs, firstTextMs: firstEventMs + 1, completionMs: 100, largestGapMs: 7 },
});

test('percentiles are values that were measured, to a tenth of a millisecond', () => {
  const values = Array.from({ length: 200 }, (_, at) => 200 - at + 0.04);
  expect(percentiles(values)).toEqual({ p50: 100, p95: 190, p99: 198 });
  expect(percentiles([3.26])).toEqual({ p50: 3.3, p95: 3.3, p99: 3.3 });
});

test('streams are open between their first and their last event', () => {
  expect(openAtOnce([stream(1, [0, 10]), stream(1, [5, 15]), stream(1, [11, 20])])).toBe(2);
  expect(openAtOnce([stream(1, [0, 10]), stream(1, [10, 15])])).toBe(2);
  expect(openAtOnce([stream(1, [0, 10]), stream(1, [12, 15])])).toBe(1);
});

test('a measurement has the percentiles of all its streams, and is kept as a line', () => {
  process.env.GAUNTLET_MEASUREMENTS = join(mkdtempSync(join(tmpdir(), 'measured-')), 'lines.jsonl');
  const measured = measurementOf('fan-out', [stream(4), stream(2), stream(9)]);
  expect(measured).toMatchObject({
    ...{ what: 'fan-out', streams: 3, openAtOnce: 3, eventsPerStream: 2 },
    firstEventMs: { p50: 4, p95: 9, p99: 9 },
    firstTextMs: { p50: 5, p99: 10 },
  });
  noteMeasurement(measured);
  noteMeasurement({ ...measured, streams: 4 });
  const lines = readFileSync(process.env.GAUNTLET_MEASUREMENTS, 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).streams)).toEqual([3, 4]);
});
