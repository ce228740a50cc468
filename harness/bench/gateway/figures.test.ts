import { expect, test } from '@jest/globals';
import { isMet, ratiosOf, rowOf } from './figures.ts';
import type { Round } from './rounds.ts';
import { ratioLines, tableLines } from './table.ts';

const round = (json1Ms: number, perSecond16: number, p99Ms16: number, first1Ms: number): Round => ({
  json1Ms,
  perSecond16,
  p99Ms16,
  first1Ms,
  first16Ms: 2 * first1Ms,
});
/** The second round is twice as slow for everybody, the third ten times. */
const rounds = {
  direct: [round(0.5, 10_000, 2, 0.5), round(1, 5_000, 4, 1), round(5, 1_000, 20, 5)],
  bare: [round(1, 6_000, 6, 1), round(2, 3_000, 12, 2), round(10, 600, 60, 10)],
  gateway: [round(1.2, 4_200, 9.6, 1.5), round(2.4, 2_100, 19.2, 3), round(12, 420, 96, 15)],
};

test('what is added is the median of the differences to the direct way in the same round', () => {
  expect(rowOf(rounds, 'bare')).toEqual({
    name: 'bare',
    addedJson1Ms: 1,
    perSecond16: 3_000,
    p99Ms16: 12,
    addedFirst1Ms: 1,
    addedFirst16Ms: 2,
  });
});

test('a machine that is slower in some rounds changes no ratio', () => {
  const ratios = ratiosOf(rounds, 'gateway').map(({ ratio }) => Number(ratio.toFixed(3)));
  expect(ratios).toEqual([1.4, 2, 0.7, 1.6, 2]);
});

test('a target is met or missed by the ratio, and where there is none nothing is judged', () => {
  const judged = ratiosOf(rounds, 'gateway').map(isMet);
  expect(judged).toEqual([true, false, true, false, undefined]);
});

test('the table names what was measured in the words of its rows', () => {
  const lines = tableLines([
    { title: 'direct', ...rowOf(rounds, 'direct') },
    { title: 'ours', ...rowOf(rounds, 'gateway') },
  ]);
  expect(lines.slice(2)).toEqual([
    '| direct |  | 5,000/s, p99 4.0 ms |  |  |',
    '| ours | +1.40 ms | 2,100/s, p99 19.2 ms | +2.00 ms | +4.0 ms |',
  ]);
  expect(ratioLines('ours', ratiosOf(rounds, 'gateway'), true)[1]).toMatch(/1\.40 × bare .* ✔ ≤ 1\.5$/);
});

test('a subject that was not measured has no row', () => {
  expect(() => rowOf(rounds, 'litellm')).toThrow('litellm was not measured');
});
