import { expect, test } from '@jest/globals';
import { shortcomings } from './suite-hunt.ts';

const well = { report: 'nothing found', plans: 12, unknownRate: 0, vacuous: 1 };

test('a hunt that has tried enough and found nothing has no shortcomings', () => {
  expect(shortcomings(well)).toEqual([]);
});

test.each([
  [{ report: 'stale-read: …' }, 'stale-read: …'],
  [{ plans: 3 }, 'only 3 plans were tried'],
  [{ unknownRate: 0.5 }, '50 % of the verdicts are unknown'],
  [{ unknownRate: Number.NaN }, 'NaN % of the verdicts are unknown'],
  [{ vacuous: 6 }, '6 of 12 plans proved less than they were meant to'],
])('a hunt with %j does not show that its promise holds', (seen, why) => {
  expect(shortcomings({ ...well, ...seen })).toEqual([why]);
});
