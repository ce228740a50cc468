import { chatCallsOf, type Journal } from '../journal.ts';
import { invalid, named, notFound } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import type { Checker } from '../verdict.ts';
import { answerOf, wholeAnswers } from './answer.ts';

/** An answer whose upstream died is an error and never a short answer. Source: finish_reason and [DONE] of the OpenAI API. */
export const truncatedComplete: Checker = {
  name: 'truncated-complete',
  rule: 'An answer that was cut on its way is not shown as complete.',
  needs: ['the whole answer is known: `expect` of the operation, or the journal'],
  check(history, journal) {
    let counted = 0;
    let unsure = 0;
    for (const operation of timelineOf(history).operations) {
      if (!isShownAsComplete(operation)) continue;
      counted += 1;
      const problem = truncation(operation, journal);
      if (problem !== undefined) {
        const violation = {
          reason: `${named(operation)} was shown as complete: ${problem}`,
          operations: [operation],
        };
        return invalid('truncated-complete', violation, counted);
      }
      if (wholeAnswers(operation, journal) === undefined) unsure += 1;
    }
    const unmet = unsure > 0 ? `the whole answer of ${unsure} operation(s) is not known` : undefined;
    return notFound('truncated-complete', counted, unmet);
  },
};

function isShownAsComplete({ invoke, outcome, completion }: Operation): boolean {
  if (outcome !== 'ok') return false;
  return completion?.stream ? completion.stream.complete : invoke.does === 'call';
}

function truncation(operation: Operation, journal: Journal | undefined): string | undefined {
  const text = answerOf(operation);
  const whole = wholeAnswers(operation, journal);
  const calls = journal ? chatCallsOf(journal, operation.invoke.op) : [];
  // A hang-up after the whole answer had arrived is no truncation; a cut that lost only the end event is one.
  if (calls.length > 0 && calls.every(({ fault, completedAt }) => fault && completedAt === undefined)) {
    return `every call upstream ended early (${calls[0]?.fault?.kind})`;
  }
  if (text === undefined) return undefined;
  const cut = whole?.find((answer) => answer.length > text.length && answer.startsWith(text));
  if (cut === undefined || whole?.includes(text)) return undefined;
  return `${text.length} of ${cut.length} characters`;
}
