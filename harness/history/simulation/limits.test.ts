import { expect, test } from '@jest/globals';
import { checkerOf } from '../checkers.ts';
import { limitSimulations } from './limits.ts';
import type { Simulation } from './simulated.ts';
import { taskSimulations } from './tasks.ts';

const simulations = [...limitSimulations, ...taskSimulations];
const named = simulations.map(
  (simulation) => [`${simulation.check.checker}: ${simulation.subject}`, simulation] as const,
);
const broken = named.flatMap(([name, { check, anomalies }]) =>
  Object.entries(anomalies).map(([anomaly, run]) => [name, anomaly, check, run] as const),
);

const seeds = (count: number) => [...Array(count).keys()].map((seed) => seed + 1);
const verdictOf = (check: Simulation['check'], { history, journal }: ReturnType<Simulation['correct']>) =>
  checkerOf(check).check(history, journal).verdict;

test.each(named)(
  '%s that keeps to its rule is never invalid, and nearly always judged',
  (_, { check, correct }) => {
    const verdicts = seeds(200).map((seed) => verdictOf(check, correct(seed)));
    expect(verdicts).not.toContain('invalid');
    expect(verdicts.filter((verdict) => verdict === 'valid').length).toBeGreaterThan(190);
  },
);

test.each(broken)('%s is found when broken: %s', (_, __, check, run) => {
  const verdicts = seeds(200).map((seed) => verdictOf(check, run(seed)));
  expect(verdicts.filter((verdict) => verdict === 'invalid').length).toBeGreaterThanOrEqual(198);
});

test('a seed gives the same history again', () => {
  for (const { correct } of simulations) expect(correct(7)).toEqual(correct(7));
});
