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

/** What came out when nothing was found: valid, or unknown when a need was not met. */
export function notFound(checker: string, counted: number, unmet?: string): Verdict {
  return unmet === undefined
    ? { checker, verdict: 'valid', counted }
    : { checker, verdict: 'unknown', reason: unmet, counted };
}

export const idOf = ({ invoke }: Operation): string => invoke.op;

/** `w2` or nothing, for sentences. */
export function workerOf({ completion }: Operation): string {
  return completion?.worker ? ` (w${completion.worker.index})` : '';
}

/** Name and id of an operation, with its worker where known, for sentences. */
export const named = (operation: Operation): string =>
  `${operation.invoke.name} ${operation.invoke.op}${workerOf(operation)}`;
