import { chatCallsOf, isFailed, type Journal, type JournalEntry } from '../journal.ts';
import type { Operation } from '../timeline.ts';
import type { Checker } from '../verdict.ts';
import { answerOf, isShownAsComplete, wholeAnswers } from './answer.ts';
import { faultsNear } from './faults-near.ts';
import { against, judgeEach } from './judge-each.ts';

/** An answer whose upstream died is an error and never a short answer. Source: finish_reason and [DONE] of the OpenAI API. */
export const truncatedComplete: Checker = {
  name: 'truncated-complete',
  rule: 'An answer that was cut on its way is not shown as complete.',
  needs: ['the whole answer is known: `expect` of the operation, or the journal'],
  check(history, journal) {
    const faults = faultsNear(history);
    return judgeEach(
      'truncated-complete',
      history,
      (operation) => {
        if (!isShownAsComplete(operation)) return undefined;
        if (faults.changedText(operation))
          return { lacks: 'all answers were changed by faults on their way' };
        const whole = wholeAnswers(operation, journal);
        const problem = truncation(operation, whole, journal);
        if (problem !== undefined) return against(operation, `was shown as complete: ${problem}`);
        return whole ? 'judged' : notKnown;
      },
      'no answer that was shown as complete',
    );
  },
};

const notKnown = { lacks: 'the whole answer is not known' };

function truncation(
  operation: Operation,
  whole: readonly string[] | undefined,
  journal: Journal | undefined,
): string | undefined {
  const text = answerOf(operation);
  const calls = journal ? chatCallsOf(journal, operation.invoke.op) : [];
  // A hang-up after the whole answer had arrived is no truncation; a cut that lost only what ends it is one.
  const isEarly = (call: JournalEntry) => call.fault && isFailed(call);
  if (calls.length > 0 && calls.every(isEarly)) {
    return `every call upstream ended early (${calls[0]?.fault?.kind})`;
  }
  if (text === undefined) return undefined;
  const cut = whole?.find((answer) => answer.length > text.length && answer.startsWith(text));
  if (cut === undefined || whole?.includes(text)) return undefined;
  return `${text.length} of ${cut.length} characters`;
}
