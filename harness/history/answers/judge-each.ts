import type { History } from '../events.ts';
import { invalid, named, notFound, type Violation } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import type { Verdict } from '../verdict.ts';

/**
 * What a rule says of one operation: nothing where it is not of the kind that it judges, `judged` where it keeps the rule, what
 * was lacking where it could not be judged, or the violation.
 */
export type Look = undefined | 'judged' | { readonly lacks: string } | Violation;

/** Judges operations one by one; ends at the first violation. Not judged, with what was lacking, where none could be. */
export function judgeEach(
  checker: string,
  history: History,
  look: (operation: Operation) => Look,
  nothing?: string,
): Verdict {
  let counted = 0;
  let lacking: string | undefined;
  for (const operation of timelineOf(history).operations) {
    const seen = look(operation);
    if (seen === undefined) continue;
    if (typeof seen === 'object' && 'lacks' in seen) {
      lacking ??= seen.lacks;
      continue;
    }
    counted += 1;
    if (seen !== 'judged') return invalid(checker, seen, counted);
  }
  return notFound(checker, counted, counted === 0 ? lacking : undefined, nothing);
}

/** The violation of an operation; `others` are needed to see it. */
export const against = (
  operation: Operation,
  problem: string,
  others: readonly Operation[] = [],
): Violation => ({ reason: `${named(operation)} ${problem}`, operations: [...others, operation] });
