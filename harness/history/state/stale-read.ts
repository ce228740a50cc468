import { effectsOf } from '../effects/effects.ts';
import { judgeBySweep } from '../effects/sweep.ts';
import type { History } from '../events.ts';
import type { Checker, Verdict } from '../verdict.ts';
import { counterFreshness } from './counter-freshness.ts';
import { registerFreshness } from './register-freshness.ts';
import { setFreshness } from './set-freshness.ts';

export const freshnessNeeds = [
  'reads that begin after a write was acknowledged',
  'values written are told apart: of a value that was written twice a read may always be of the later',
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
  const effects = effectsOf(history);
  const rules = {
    register: registerFreshness(effects, own),
    set: setFreshness(effects, own),
    sequence: setFreshness(effects, own),
    counter: counterFreshness(effects, own),
  };
  const nothing = `no read began after a write${own ? ' of its client' : ''} was acknowledged`;
  return judgeBySweep(checker, effects, rules, nothing);
}
