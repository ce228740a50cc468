import { expect, test } from '@jest/globals';
import { checkerOf } from '../checkers.ts';
import { resourceSimulations } from './resource.ts';

const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed);

test.each(resourceSimulations)(
  '$check.checker raises no alarm on a resource that is kept well',
  ({ check, correct }) => {
    const { check: judge } = checkerOf(check);
    const verdicts = seeds(300).map((seed) => judge(correct(seed).history));
    expect(verdicts.filter(({ verdict }) => verdict === 'invalid')).toEqual([]);
    expect(verdicts.filter(({ verdict }) => verdict === 'valid').length).toBeGreaterThan(240);
  },
);

const anomalies = resourceSimulations.flatMap(({ check, anomalies }) =>
  Object.entries(anomalies).map(([name, make]) => ({ name, check, make })),
);

test.each(anomalies)('$check.checker finds it when $name', ({ check, make }) => {
  const { check: judge } = checkerOf(check);
  const caught = seeds(100).filter((seed) => judge(make(seed).history).verdict === 'invalid');
  expect(caught.length).toBeGreaterThanOrEqual(99);
});
