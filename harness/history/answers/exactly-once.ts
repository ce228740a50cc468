import { chatCallsOf, isAnswered, type Journal, mayBeAnswered } from '../journal.ts';
import type { Operation } from '../timeline.ts';
import type { Checker } from '../verdict.ts';
import { type FaultsNear, faultsNear } from './faults-near.ts';
import { against, judgeEach } from './judge-each.ts';

/** Clients and the provider agree on what was asked: no answer without a call, no call answered twice. */
export const exactlyOnce: Checker = {
  name: 'exactly-once',
  rule: 'A call that ended well was answered upstream exactly once, any other at most once; attempts that failed upstream, and those near a fault, may be repeated.',
  needs: [
    'the journal',
    'the operation id travels in the content of the request, and in that of no other',
    'a subject that asks the model once for an answer: no caches, no second model, no agents with several turns',
  ],
  check(history, journal) {
    const faults = faultsNear(history);
    return judgeEach(
      'exactly-once',
      history,
      (operation) => {
        if (operation.invoke.does !== 'call') return undefined;
        if (!journal) return { lacks: 'there is no journal' };
        const problem = miscounted(operation, journal, faults);
        return problem === undefined ? 'judged' : against(operation, problem);
      },
      'no call',
    );
  },
};

function miscounted(operation: Operation, journal: Journal, faults: FaultsNear): string | undefined {
  const { invoke, outcome } = operation;
  const calls = chatCallsOf(journal, invoke.op);
  if (outcome === 'ok' && !calls.some(mayBeAnswered)) {
    return calls.length === 0
      ? 'ended well, nothing was asked upstream'
      : 'ended well, every call upstream failed';
  }
  if (calls.length < 2) return undefined;
  const answered = calls.filter(isAnswered).length;
  // Near a fault an answer may have been lost between the provider and the subject.
  return answered > 1 && !faults.explains(operation) ? `was answered upstream ${answered} times` : undefined;
}
