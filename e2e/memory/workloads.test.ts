/**
 * @alone memory
 * @long
 */
import { expect, test } from '@jest/globals';
import { huntCases, huntInSuite, suiteHuntMs } from '../../harness/lab/suite-hunt.ts';
import { seed } from '../../harness/suite/stack.ts';

const cases = huntCases(
  {
    memory: 'memories told, edited and cleared through any worker are the same for all',
    'memory-limit': 'a user gets no more requests than the limit, over all workers together',
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
