import type { Plan } from '../../plan/plan.ts';
import type { Rate } from '../rate.ts';
import type { PlanOutcome } from '../running/run-plan.ts';

/** The same plan with one thing taken away, and how often it still fails: what makes the failure go away is its cause. */
export interface Control {
  readonly name: string;
  readonly reproduced: number;
  /** 0 where it could not be run; `why` says so. */
  readonly of: number;
  readonly why?: string;
}

/** What was wrong, the smallest plan that shows it, and how often it does. */
export interface Finding {
  /** Which plan of the seed showed it first. */
  readonly path: string;
  /** The last run that showed it. */
  readonly outcome: PlanOutcome;
  readonly plan: Plan;
  readonly checkers: readonly string[];
  /** On the subject as the hunt had left it. */
  readonly rate: Rate;
  /** On a subject restarted before each run; absent where that was not needed, or cannot be done. */
  readonly fresh?: Rate;
  readonly controls: readonly Control[];
  /** Runs that shrinking took. */
  readonly shrinkRuns: number;
  /** How the plan came from the one that was found, when that one did not come back: `4 times on w1`. */
  readonly nearby?: string;
}

/** So often of ten runs a finding is expected to come back. */
export const firmAt = 8;
export const rateRuns = 10;

export const isFirmRate = (rate: Rate | undefined): boolean =>
  rate !== undefined && rate.of >= rateRuns && rate.reproduced >= firmAt;

/** Whether it comes back when it is asked for, on the subject as it is or on a fresh one. */
export const isFirm = ({ rate, fresh }: Pick<Finding, 'rate' | 'fresh'>): boolean =>
  isFirmRate(rate) || isFirmRate(fresh);

const share = (rate: Rate | undefined) => (rate && rate.of > 0 ? rate.reproduced / rate.of : 0);

/** The better of two findings: the one that comes back more often; of two equal ones the first. */
export function better(first: Finding | undefined, second: Finding): Finding {
  if (!first) return second;
  const best = (finding: Finding) => Math.max(share(finding.rate), share(finding.fresh));
  return best(second) > best(first) ? second : first;
}
