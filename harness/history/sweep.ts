import { invalid, notFound, type Violation } from './outcome.ts';
import type { Operation, Timeline } from './timeline.ts';
import type { Verdict } from './verdict.ts';

/** A rule that looks at each operation as it begins and as it ends well. Refused operations never happened. */
export interface Sweep {
  readonly begin?: (operation: Operation) => void;
  readonly end?: (operation: Operation) => Violation | undefined;
  /** What the history lacked for the rule to see everything; asked when it has seen the whole. */
  readonly unmet?: () => string | undefined;
}

/** Takes rules through a history; the verdict is that of the first violation, or says what was not met. */
export function judgeBySweep(checker: string, timeline: Timeline, rules: readonly Sweep[]): Verdict {
  const counted = timeline.operations.length;
  const violation = sweep(timeline, rules);
  if (violation) return invalid(checker, violation, counted);
  const unmet = rules.map((rule) => rule.unmet?.()).find((reason) => reason !== undefined);
  return notFound(checker, counted, unmet);
}

/** Takes rules through a history, in order of time; ends at the first violation. */
function sweep({ at }: Timeline, rules: readonly Sweep[]): Violation | undefined {
  for (let position = 0; position < at.length; position += 1) {
    const operation = at[position];
    if (operation === undefined || operation.outcome === 'fail') continue;
    for (const { begin, end } of rules) {
      if (position === operation.start) begin?.(operation);
      else if (position === operation.end) {
        const violation = end?.(operation);
        if (violation) return violation;
      }
    }
  }
  return undefined;
}
