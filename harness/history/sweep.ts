import type { Violation } from './outcome.ts';
import type { Operation, Timeline } from './timeline.ts';

/** A rule that looks at each operation as it begins and as it ends well. Refused operations never happened. */
export interface Sweep {
  readonly begin?: (operation: Operation) => void;
  readonly end?: (operation: Operation) => Violation | undefined;
}

/** Takes a rule through a history, in order of time; ends at the first violation. */
export function sweep({ at }: Timeline, rules: readonly Sweep[]): Violation | undefined {
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
