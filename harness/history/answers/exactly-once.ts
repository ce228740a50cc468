import { chatCallsOf, type Journal, type JournalEntry } from '../journal.ts';
import { invalid, named, notFound } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import type { Checker } from '../verdict.ts';

/** Clients and the provider agree on what was asked: no answer without a call, no call answered twice. */
export const exactlyOnce: Checker = {
  name: 'exactly-once',
  rule: 'A call that ended well was answered upstream exactly once, any other at most once; attempts that failed upstream do not count.',
  needs: ['the journal', 'the operation id travels in the content of the request'],
  check(history, journal) {
    let counted = 0;
    for (const operation of timelineOf(history).operations) {
      if (operation.invoke.does !== 'call') continue;
      counted += 1;
      const problem = journal && miscounted(operation, journal);
      if (problem === undefined) continue;
      const violation = { reason: `${named(operation)} ${problem}`, operations: [operation] };
      return invalid('exactly-once', violation, counted);
    }
    return notFound('exactly-once', counted, counted > 0 && !journal ? 'there is no journal' : undefined);
  },
};

function miscounted({ invoke, outcome }: Operation, journal: Journal): string | undefined {
  const calls = chatCallsOf(journal, invoke.op);
  const answered = calls.filter(isAnswered).length;
  if (answered > 1) return `was answered upstream ${answered} times`;
  if (outcome === 'ok' && answered === 0) {
    return calls.length === 0
      ? 'ended well, nothing was asked upstream'
      : 'ended well, every call upstream failed';
  }
  return undefined;
}

const isAnswered = ({ status, fault, hungUpAt, completedAt }: JournalEntry): boolean =>
  (status === null || status < 400) &&
  hungUpAt === undefined &&
  (fault === undefined || completedAt !== undefined);
