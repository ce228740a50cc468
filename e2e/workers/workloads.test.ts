/** @alone */
import { expect, test } from '@jest/globals';
import { huntCases, huntInSuite, suiteHuntMs } from '../../harness/lab/suite-hunt.ts';
import { seed } from '../../harness/suite/stack.ts';

const cases = huntCases(
  {
    gateway: 'chats and streams are whole, private and stopped with their client',
    'gateway-upstreams': 'what one key refuses the other answers, once',
    litellm: 'the state of a callback is the same on every worker of LiteLLM',
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
