import { expect, test } from '@jest/globals';
import type { PlanOutcome } from '../../lab/running/run-plan.ts';
import { remedied } from './remedies.ts';

const outcome = (verdict: string) => ({ judgement: { verdict, verdicts: [] } }) as unknown as PlanOutcome;
const isInvalid = ({ judgement }: PlanOutcome) => judgement.verdict === 'invalid';
const rateOf = (...verdicts: readonly string[]) => ({
  reproduced: verdicts.filter((verdict) => verdict === 'invalid').length,
  of: verdicts.length,
  outcomes: verdicts.map(outcome),
});

test('a remedy counts of the runs that were judged well or showed the bug all the same', () => {
  const rate = rateOf('valid', 'valid', 'invalid', 'unknown');
  expect(remedied('with redis', rate, isInvalid)).toEqual({ name: 'with redis', reproduced: 1, of: 3 });
});

test('a remedy with which nothing works is no remedy: it says that no run was judged', () => {
  const rate = rateOf('unknown', 'not-judged');
  expect(remedied('with redis', rate, isInvalid)).toMatchObject({
    reproduced: 0,
    of: 0,
    why: expect.stringContaining('no run'),
  });
});
