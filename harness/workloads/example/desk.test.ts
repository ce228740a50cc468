import { afterEach, expect, test } from '@jest/globals';
import { hunt } from '../../lab/hunt.ts';
import { openServerLab } from '../../lab/test-lab.ts';
import type { Workload } from '../workload.ts';
import desk from './desk.ts';
import { startDesk } from './desk-service.ts';

let close = (): void => undefined;
afterEach(() => close());

/** Hunts on a desk in this process, with one of the workload's checkers. */
async function huntWith(checker: string, isCareless: boolean, runs = 40) {
  const workload: Workload = {
    ...desk,
    checks: () => desk.checks().filter((check) => check.checker === checker),
  };
  const open = await openServerLab(workload, startDesk(0, isCareless));
  close = open.close;
  return hunt(open.lab, { seed: 3, runs, timeMs: 15_000, signal: new AbortController().signal });
}

const checkers = ['jobs', 'one-holder', 'limit'];

test.each(checkers)(
  'nothing is found by %s at a desk that acts at once',
  async (checker) => {
    const { finding, notJudged } = await huntWith(checker, false, 25);
    expect(finding?.checkers).toBeUndefined();
    // Many plans are about something else, but some are about this.
    expect(notJudged).toEqual([]);
  },
  20_000,
);

test.each(checkers)(
  '%s finds a desk that acts on what it saw a moment ago',
  async (checker) => {
    const { finding, verdict } = await huntWith(checker, true);
    expect(verdict).toBe('invalid');
    expect(finding?.checkers).toEqual([checker]);
    expect(finding?.rate.reproduced).toBeGreaterThanOrEqual(8);
  },
  30_000,
);
