import type { Operation } from './timeline.ts';
import type { Verdict } from './verdict.ts';

/** What was wrong, and the operations that show it. */
export interface Violation {
  readonly reason: string;
  readonly operations: readonly Operation[];
}

export function invalid(checker: string, { reason, operations }: Violation, counted: number): Verdict {
  return { checker, verdict: 'invalid', reason, counterexample: idsOf(operations), counted };
}

/** Ids for a counterexample: every attempt of what was repeated, and nothing of what was there before the history. */
export function idsOf(operations: readonly Operation[]): readonly string[] {
  const each = operations.flatMap((operation) => operation.attempts ?? [operation]);
  const seen = [...new Set(each)].filter(({ start }) => start >= 0);
  return seen.sort((a, b) => a.start - b.start).map(({ invoke }) => invoke.op);
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

/** `w2` or nothing, for sentences. */
export function workerOf({ completion }: Operation): string {
  return completion?.worker ? ` (w${completion.worker.index})` : '';
}

/** Name and id of an operation, with its worker where known, for sentences. */
export const named = (operation: Operation): string =>
  operation.start < 0
    ? 'the beginning'
    : `${operation.invoke.name} ${operation.invoke.op}${workerOf(operation)}`;
