/** @alone */
import { expect, test } from '@jest/globals';
import { huntInSuite } from '../../harness/lab/suite-hunt.ts';
import { seed } from '../../harness/suite/stack.ts';

const fixedSeed = 4;
/** The nightly run tries a seed that nobody has tried before. */
const seeds = process.env.GAUNTLET_FRESH_SEED === '1' ? [fixedSeed, seed()] : [fixedSeed];
const plans = 12;
/** Each fault takes its time: a busy machine gets through fewer plans in it. */
const huntMs = 60_000;
/** The last plan may have begun just before the end, and a finding is looked at. */
const testMs = 3 * huntMs;

const promises = [
  ['memory', 'memories told, edited and cleared through any worker are the same for all'],
  ['memory-limit', 'a user gets no more requests than the limit, over all workers together'],
  ['gateway', 'chats and streams are whole, private and stopped with their client'],
  ['gateway-arena', 'a battle of the arena counts one vote, over all workers together'],
  ['gateway-upstreams', 'what one key refuses the other answers, once'],
  ['litellm', 'the state of a callback is the same on every worker of LiteLLM'],
  ['open-webui', 'no edit of a chat is lost, whichever worker of Open WebUI took it'],
  ['open-webui-valves', 'a changed pipe and its valves are used by every worker of Open WebUI'],
] as const;

const cases = seeds.flatMap((each) => promises.map(([workload, promise]) => ({ workload, promise, each })));

test.each(cases)(
  '$promise ($workload, $each)',
  async ({ workload, each }) => {
    const hunt = await huntInSuite(workload, { seed: each, runs: plans, timeMs: huntMs });
    expect(hunt).toMatchObject({ report: 'nothing found' });
    expect(hunt.plans).toBeGreaterThan(plans / 4);
    expect(hunt.unknownRate).toBeLessThanOrEqual(0.01);
    // A few plans may have faults that come too late; were all like that, nothing would have been tried.
    expect(hunt.vacuous).toBeLessThan(hunt.plans / 2);
  },
  testMs,
);
