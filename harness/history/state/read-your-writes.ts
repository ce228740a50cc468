import type { Checker } from '../verdict.ts';
import { checkFreshness, freshnessNeeds } from './stale-read.ts';

/** The stale read rule within one client: the session guarantee of Terry et al. (PDIS 1994). */
export const readYourWrites: Checker = {
  name: 'read-your-writes',
  rule: 'A client that was told that its write is done reads it, or something later, from every worker.',
  needs: freshnessNeeds,
  check: (history) => checkFreshness('read-your-writes', history, true),
};
