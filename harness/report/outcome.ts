import type { FailureClass } from '../smoke/failures/failure-class.ts';
import type { Evidence } from '../smoke/providers/evidence.ts';
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
  /** Of a skip, or of a failure that knows its own. */
  readonly class?: SkipClass | FailureClass;
  /** What providers answered. */
  readonly evidence?: readonly Evidence[];
  /** Conventions of ours that the service does not keep; they fail no test. */
  readonly conventions?: readonly BrokenConvention[];
  /** What somebody else's server is known to do wrong, and did; it fails no test. */
  readonly known?: readonly SeenFailure[];
  /** Of suites that ran again and again (`--repeat`): how often this test did, and the seeds of the runs that it failed in. */
  readonly runs?: { readonly of: number; readonly failedSeeds: readonly number[] };
}

export interface SeenFailure {
  /** The folder below `bugs/` that shows it. */
  readonly bug: string;
  /** Name and version. */
  readonly server: string;
  /** What the assertion said. */
  readonly message: string;
}

export interface BrokenConvention {
  readonly what: string;
  /** What the assertion said. */
  readonly message: string;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Tests whose demands are met, but not a convention that they look at; not among the passed. */
  readonly conventions: number;
  /** Tests that met what somebody else's server is known to do wrong; not among the passed. */
  readonly known: number;
}

/** Counts outcomes, each once; a skip without a reason counts as failed. */
export function count(outcomes: readonly TestOutcome[]): Counts {
  const failed = outcomes.filter(isFailure).length;
  const known = outcomes.filter(isKnownFailure).length;
  const conventions = outcomes.filter(isAgainstConvention).length;
  const passed = outcomes.filter(({ status }) => status === 'passed').length - conventions - known;
  const skipped = outcomes.length - passed - failed - conventions - known;
  return { passed, failed, skipped, conventions, known };
}

/** Whether a test found nothing but a convention that is not kept. */
export function isAgainstConvention({ status, conventions = [], known = [] }: TestOutcome): boolean {
  return status === 'passed' && conventions.length > 0 && known.length === 0;
}

/** Whether a test failed in a way that is known of somebody else's server. */
export function isKnownFailure({ status, known = [] }: TestOutcome): boolean {
  return status === 'passed' && known.length > 0;
}

export function isFailure(outcome: TestOutcome): boolean {
  return outcome.status === 'failed' || (outcome.status === 'skipped' && !outcome.reason);
}
