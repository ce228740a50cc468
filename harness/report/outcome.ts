import type { SkipClass } from '../suite/skip.ts';

/** What one test came to. */
export interface TestOutcome {
  /** Folder below e2e/. */
  readonly suite: string;
  readonly file: string;
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly durationMs: number;
  /** Of a failure. */
  readonly message?: string;
  /** Of a skip; a skip without one fails the run. */
  readonly reason?: string;
  readonly class?: SkipClass;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts outcomes; a skip without a reason counts as failed. */
export function count(outcomes: readonly TestOutcome[]): Counts {
  const failed = outcomes.filter(isFailure).length;
  const passed = outcomes.filter(({ status }) => status === 'passed').length;
  return { passed, failed, skipped: outcomes.length - passed - failed };
}

export function isFailure(outcome: TestOutcome): boolean {
  return outcome.status === 'failed' || (outcome.status === 'skipped' && !outcome.reason);
}
