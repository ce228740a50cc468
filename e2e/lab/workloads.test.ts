/** @alone */
import { expect, test } from '@jest/globals';
import { huntInSuite } from '../../harness/lab/suite-hunt.ts';
import { seed } from '../../harness/suite/stack.ts';

const fixedSeed = 4;
/** The nightly run tries a seed that nobody has tried before. */
const seeds = process.env.GAUNTLET_FRESH_SEED === '1' ? [fixedSeed, seed()] : [fixedSeed];
const timeMs = 6_000;

test.each(seeds)('nothing is wrong with the memory service in plans of seed %d', async (each) => {
  const { report, unknownRate, plans } = await huntInSuite('memory', { seed: each, timeMs });
  expect(report).toBe('nothing found');
  expect(plans).toBeGreaterThanOrEqual(3);
  expect(unknownRate).toBeLessThanOrEqual(0.01);
});

test.each(seeds)('the memory service admits no more than its limit in plans of seed %d', async (each) => {
  const { report, unknownRate, plans } = await huntInSuite('memory-limit', { seed: each, timeMs });
  expect(report).toBe('nothing found');
  expect(plans).toBeGreaterThanOrEqual(3);
  expect(unknownRate).toBeLessThanOrEqual(0.01);
});

test.each(seeds)('nothing is wrong with the gateway in plans of seed %d', async (each) => {
  const { report, unknownRate, plans } = await huntInSuite('gateway', { seed: each, timeMs });
  expect(report).toBe('nothing found');
  expect(plans).toBeGreaterThanOrEqual(3);
  expect(unknownRate).toBeLessThanOrEqual(0.01);
});
