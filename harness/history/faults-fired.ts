import { notFound } from './outcome.ts';
import type { Checker } from './verdict.ts';

/** A run whose faults did not happen has shown nothing. Source: the fail points of etcd's robustness tests. */
export const faultsFired: Checker = {
  name: 'faults-fired',
  rule: 'Every planned fault fired, with a proof.',
  needs: ['the header lists the ids of the planned faults'],
  check({ header, events }) {
    const planned = header.faults ?? [];
    const proven = new Set<string>();
    for (const event of events) {
      if (event.type === 'fault' && event.state === 'fired' && event.proof) proven.add(event.id);
    }
    const missing = planned.filter((id) => !proven.has(id));
    const counted = planned.length;
    if (missing.length === 0) return notFound('faults-fired', counted, undefined, 'no fault was planned');
    const reason = `no proof that ${missing.join(', ')} fired`;
    return { checker: 'faults-fired', verdict: 'not-judged', reason, counterexample: missing, counted };
  },
};
