/** @long */
import { expect, test } from '@jest/globals';
import { huntCases, huntInSuite, suiteHuntMs } from '../../harness/lab/suite-hunt.ts';
import { seed } from '../../harness/suite/stack.ts';

const cases = huntCases(
  {
    'gateway-arena': 'a battle of the arena counts one vote, over all workers together',
  },
  seed(),
);

test.each(cases)(
  '$promise ($workload, $seed)',
  async (each) => {
    expect(await huntInSuite(each)).toEqual([]);
  },
  suiteHuntMs,
);
