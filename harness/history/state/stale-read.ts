import type { History } from '../events.ts';
import { judgeBySweep } from '../sweep.ts';
import { timelineOf } from '../timeline.ts';
import type { Checker, Verdict } from '../verdict.ts';
import { counterFreshness } from './counter-freshness.ts';
import { registerFreshness } from './register-freshness.ts';
import { setFreshness } from './set-freshness.ts';

export const freshnessNeeds = [
  'values written to a register are unique',
  'elements added to a set are unique',
  'counters only grow',
];

/** Nobody reads what had been replaced, removed or not yet added before an acknowledged write. Source: etcd, Jepsen. */
export const staleRead: Checker = {
  name: 'stale-read',
  rule: 'A read that begins after a write was acknowledged shows that write or a later one, on every worker.',
  needs: freshnessNeeds,
  check: (history) => checkFreshness('stale-read', history, false),
};

/** @param own only what the reading client itself had written counts */
export function checkFreshness(checker: string, history: History, own: boolean): Verdict {
  const rules = [registerFreshness(history, own), setFreshness(history, own), counterFreshness(history, own)];
  return judgeBySweep(checker, timelineOf(history), rules);
}
