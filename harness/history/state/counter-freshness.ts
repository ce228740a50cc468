import type { History } from '../events.ts';
import { named, type Violation } from '../outcome.ts';
import type { Sweep } from '../sweep.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { kindOf } from './object-kind.ts';

/** By how much an increment counts: its value, 1 without one. */
export const amountOf = ({ invoke }: Operation): number =>
  typeof invoke.value === 'number' ? invoke.value : 1;

/**
 * A count must be at least the sum of the increments that were acknowledged before it began.
 * @param own only those of the counting client
 */
export function counterFreshness(history: History, own: boolean): Sweep {
  const { keys, at } = timelineOf(history);
  const scope = (operation: Operation) =>
    own ? operation.key + operation.invoke.client * keys.length : operation.key;
  const acknowledged = new Map<number, { sum: number; last: Operation }>();
  const atStart: (readonly [sum: number, last: Operation] | undefined)[] = new Array(at.length);
  const unmet = growingCounters(history);
  if (unmet !== undefined) return { unmet: () => unmet };
  return {
    begin(operation) {
      if (operation.invoke.does !== 'count') return;
      const before = acknowledged.get(scope(operation));
      if (before) atStart[operation.start] = [before.sum, before.last];
    },
    end(operation) {
      if (operation.invoke.does === 'count') return judge(operation, atStart[operation.start]);
      if (operation.invoke.does !== 'increment') return undefined;
      const known = acknowledged.get(scope(operation));
      if (!known) acknowledged.set(scope(operation), { sum: amountOf(operation), last: operation });
      else {
        known.sum += amountOf(operation);
        known.last = operation;
      }
      return undefined;
    },
  };
}

function judge(count: Operation, before: readonly [number, Operation] | undefined): Violation | undefined {
  const seen = count.completion?.value;
  if (!before || typeof seen !== 'number' || seen >= before[0]) return undefined;
  const [sum, last] = before;
  return {
    reason: `${named(count)} gave ${seen} after increments of ${sum} were acknowledged, ${named(last)} the last`,
    operations: [last, count],
  };
}

/** The need of checkers of counters, in words for a verdict; undefined when it is met. */
export function growingCounters(history: History): string | undefined {
  for (const operations of timelineOf(history).keys) {
    if (kindOf(operations) !== 'counter') continue;
    const shrinks = operations.find(
      (operation) => operation.invoke.does === 'delete' || amountOf(operation) < 0,
    );
    if (shrinks) return `the counter "${shrinks.invoke.key}" was made smaller`;
  }
  return undefined;
}
