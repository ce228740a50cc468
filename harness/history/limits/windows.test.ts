import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { overfilledByClock } from './clock-windows.ts';
import { overfilled } from './following-windows.ts';
import { mostWithin, type Span } from './most-within.ts';
import { emptied } from './token-bucket.ts';

const spansOf = (lastMs: number, longMs: number, maxLength: number) =>
  fc.array(
    fc.tuple(fc.nat(lastMs), fc.nat(longMs)).map(([from, long]) => ({ from, to: from + long })),
    { maxLength },
  );

/** Whether spans can be placed in windows, each given by its first and last moment: tried one after the other. */
function canHold(spans: readonly Span[], windows: readonly Span[], allowed: number): boolean {
  const room = windows.map(() => allowed);
  const place = (at: number): boolean => {
    const span = spans[at];
    if (!span) return true;
    return windows.some(({ from, to }, index) => {
      if (span.from >= to || span.to < from || (room[index] ?? 0) === 0) return false;
      room[index] = (room[index] ?? 0) - 1;
      const placed = place(at + 1);
      room[index] = (room[index] ?? 0) + 1;
      return placed;
    });
  };
  return place(0);
}

/** All ways to lay windows one after the other: where spans begin and end at whole numbers, whole beginnings are enough. */
function* sequences(from: number, until: number, lengthMs: number): Generator<readonly Span[]> {
  yield [];
  for (let begin = from; begin <= until; begin += 1) {
    const window = { from: begin, to: begin + lengthMs };
    for (const rest of sequences(begin + lengthMs, until, lengthMs)) yield [window, ...rest];
  }
}

test('the search in moving windows agrees with looking at every window', () => {
  fc.assert(
    fc.property(spansOf(30, 8, 12), fc.integer({ min: 1, max: 12 }), fc.nat(4), (all, lengthMs, allowed) => {
      const inside = (start: number) => all.filter(({ from, to }) => from >= start && to < start + lengthMs);
      const expected = all.some(({ from }) => inside(from).length > allowed);
      const found = mostWithin(all, lengthMs, allowed);
      expect(found !== undefined).toBe(expected);
      if (!found) return;
      expect(found).toHaveLength(allowed + 1);
      const first = Math.min(...found.map(({ from }) => from));
      expect(found.every(({ to }) => to < first + lengthMs)).toBe(true);
    }),
  );
});

test('spans for which no windows are found have none in any sequence of windows', () => {
  let over = 0;
  fc.assert(
    fc.property(
      spansOf(12, 2, 7),
      fc.integer({ min: 4, max: 8 }),
      fc.constant(1),
      (all, lengthMs, allowed) => {
        const found = overfilled(all, lengthMs, allowed);
        if (!found) return;
        over += 1;
        for (const windows of sequences(1 - lengthMs, 14, lengthMs))
          if (canHold(found, windows, allowed)) throw new Error(`${JSON.stringify(found)} fit`);
      },
    ),
    { numRuns: 80, seed: 31 },
  );
  expect(over).toBeGreaterThan(5);
});

test('moments for which windows are found have some', () => {
  fc.assert(
    fc.property(
      spansOf(16, 0, 6),
      fc.integer({ min: 4, max: 8 }),
      fc.integer({ min: 1, max: 2 }),
      (all, lengthMs, allowed) => {
        if (overfilled(all, lengthMs, allowed)) return;
        const found = [...sequences(1 - lengthMs, 16, lengthMs)].some((windows) =>
          canHold(all, windows, allowed),
        );
        expect(found).toBe(true);
      },
    ),
    { numRuns: 30, seed: 32 },
  );
});

test('no window begins before the earliest that is given', () => {
  const moments = [0, 1, 2].map((at) => ({ from: at, to: at }));
  expect(overfilled(moments, 10, 2)).toBeUndefined();
  expect(overfilled(moments, 10, 2, -9)).toBeUndefined();
  expect(overfilled(moments, 10, 2, 0)).toHaveLength(3);
});

test('windows of a clock are too full exactly when they are for every beginning of the clock', () => {
  const keys = fc.array(spansOf(24, 3, 5), { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(
      keys,
      fc.integer({ min: 3, max: 8 }),
      fc.integer({ min: 1, max: 2 }),
      (all, lengthMs, allowed) => {
        const clocks = [...Array(2 * lengthMs).keys()].map((half) =>
          [...Array(14).keys()].map((count) => {
            const from = half / 2 + (count - 2) * lengthMs;
            return { from, to: from + lengthMs };
          }),
        );
        const explained = clocks.some((windows) => all.every((spans) => canHold(spans, windows, allowed)));
        expect(overfilledByClock(all, lengthMs, allowed) === undefined).toBe(explained);
      },
    ),
    { numRuns: 300, seed: 33 },
  );
});

test('a bucket is emptied exactly when some stretch took more than it gives', () => {
  fc.assert(
    fc.property(spansOf(30, 5, 12), fc.nat(4), fc.constantFrom(0.125, 0.25, 0.5), (all, capacity, rate) => {
      const stretches = all.flatMap(({ from }) => all.map(({ to }) => ({ from, to })));
      const taken = ({ from, to }: Span) => all.filter((span) => span.from >= from && span.to <= to).length;
      const expected = stretches.some(
        (stretch) =>
          stretch.to >= stretch.from && taken(stretch) > capacity + rate * (stretch.to - stretch.from),
      );
      const found = emptied(all, capacity, rate);
      expect(found !== undefined).toBe(expected);
      if (!found) return;
      const from = Math.min(...found.map((span) => span.from));
      const to = Math.max(...found.map((span) => span.to));
      expect(found.length).toBeGreaterThan(capacity + rate * (to - from));
    }),
    { numRuns: 500, seed: 34 },
  );
});
