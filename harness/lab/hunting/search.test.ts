import { expect, test } from '@jest/globals';
import type { HistoryEvent } from '../../history/events.ts';
import { busyMs } from './search.ts';

/** A history of operations that began and ended at these times, in milliseconds. */
function outcomeOf(durationMs: number, spans: readonly (readonly [number, number])[]) {
  const events = spans.flatMap(([from, to], index): readonly HistoryEvent[] => {
    const about = { op: `o${index}`, client: index, process: index };
    return [
      { type: 'invoke', ...about, at: from, name: 'list', does: 'list', key: 'a' },
      { type: 'unknown', ...about, at: to },
    ];
  });
  const header = {
    type: 'header',
    version: 1,
    workload: 'w',
    planHash: '',
    subject: '',
    checks: [],
    timeoutMs: 10_000,
  } as const;
  return { durationMs, history: { header, events: events.toSorted((a, b) => a.at - b.at) } };
}

test('time in which operations hang is not counted, however many hang at once', () => {
  expect(busyMs(outcomeOf(300, [[0, 100]]))).toBe(300);
  const hung = [
    [100, 10_100],
    [600, 10_600],
    [10_700, 20_700],
    [0, 50],
  ] as const;
  expect(busyMs(outcomeOf(20_900, hung))).toBe(400);
});
