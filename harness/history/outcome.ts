import type { Operation } from './timeline.ts';
import type { Verdict } from './verdict.ts';

/** What was wrong, and the operations that show it. */
export interface Violation {
  readonly reason: string;
  readonly operations: readonly Operation[];
}

export function invalid(checker: string, { reason, operations }: Violation, counted: number): Verdict {
  const ordered = [...new Set(operations)].sort((a, b) => a.start - b.start);
  return { checker, verdict: 'invalid', reason, counterexample: ordered.map(idOf), counted };
}

/**
 * What came out when nothing was found: valid, or not-judged where a need was not met or nothing was there to judge.
 * @param nothing what a history lacks in which nothing was counted
 */
export function notFound(
  checker: string,
  counted: number,
  unmet?: string,
  nothing = 'no operation of the kind that it judges',
): Verdict {
  const reason = unmet ?? (counted === 0 ? nothing : undefined);
  return reason === undefined
    ? { checker, verdict: 'valid', counted }
    : { checker, verdict: 'not-judged', reason, counted };
}

/** Judged, but not decided. */
export const undecided = (checker: string, counted: number, reason: string): Verdict => ({
  checker,
  verdict: 'unknown',
  reason,
  counted,
});

export const idOf = ({ invoke }: Operation): string => invoke.op;

/** `w2` or nothing, for sentences. */
export function workerOf({ completion }: Operation): string {
  return completion?.worker ? ` (w${completion.worker.index})` : '';
}

/** Name and id of an operation, with its worker where known, for sentences. */
export const named = (operation: Operation): string =>
  `${operation.invoke.name} ${operation.invoke.op}${workerOf(operation)}`;
