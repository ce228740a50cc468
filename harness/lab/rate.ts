import type { Plan } from '../plan/plan.ts';
import { type Lab, type PlanOutcome, runPlan } from './run-plan.ts';

/** How often a plan came to the verdict that was looked for. Real processes schedule themselves, so it is measured. */
export interface Rate {
  readonly reproduced: number;
  readonly of: number;
  readonly outcomes: readonly PlanOutcome[];
}

/**
 * Runs a plan `times` times.
 * @param counts whether an outcome is the one looked for
 */
export async function measureRate(
  lab: Lab,
  plan: Plan,
  times: number,
  counts: (outcome: PlanOutcome) => boolean,
  signal?: AbortSignal,
): Promise<Rate> {
  const outcomes: PlanOutcome[] = [];
  for (let run = 0; run < times && !signal?.aborted; run += 1) {
    // On fresh connections, as another process would: kept ones would lead to the same workers every time.
    lab.connections.reset();
    outcomes.push(await runPlan(lab, plan));
  }
  return { reproduced: outcomes.filter(counts).length, of: outcomes.length, outcomes };
}

/** Checkers that found an outcome invalid. */
export const invalidCheckers = ({ judgement }: PlanOutcome): readonly string[] =>
  judgement.verdicts.filter(({ verdict }) => verdict === 'invalid').map(({ checker }) => checker);

/** The same bug again: a checker that was violated before is violated now. */
export const violatesAny =
  (checkers: readonly string[]) =>
  (outcome: PlanOutcome): boolean =>
    invalidCheckers(outcome).some((checker) => checkers.includes(checker));
