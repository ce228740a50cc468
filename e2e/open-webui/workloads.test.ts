/**
 * @alone open-webui
 * @long
 */
import { expect, test } from '@jest/globals';
import { huntCases, huntInSuite, suiteHuntMs } from '../../harness/lab/suite-hunt.ts';
import { seed } from '../../harness/suite/stack.ts';

const cases = huntCases(
  {
    'open-webui': 'no edit of a chat is lost, whichever worker of Open WebUI took it',
    'open-webui-valves': 'a changed pipe and its valves are used by every worker of Open WebUI',
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
