import type { Plan } from '../plan/plan.ts';
import type { Runner } from './hunting/runner.ts';
import type { PlanOutcome } from './running/run-plan.ts';

/** How often a plan came to the verdict that was looked for. Real processes schedule themselves, so it is measured. */
export interface Rate {
  readonly reproduced: number;
  readonly of: number;
  /** Those that came to an end. */
  readonly outcomes: readonly PlanOutcome[];
}

export interface RateOptions {
  readonly signal?: AbortSignal;
  /** Stops where so many can no longer be reached. */
  readonly atLeast?: number;
}

/**
 * Runs a plan `times` times. A run that could not be brought to its end counts as one that did not show it.
 * @param counts whether an outcome is the one looked for
 * @throws GauntletError of the third run in a row that could not be brought to its end
 */
export async function measureRate(
  runner: Runner,
  plan: Plan,
  times: number,
  counts: (outcome: PlanOutcome) => boolean,
  { signal, atLeast = 0 }: RateOptions = {},
): Promise<Rate> {
  const outcomes: PlanOutcome[] = [];
  let reproduced = 0;
  let of = 0;
  for (; of < times && reproduced + times - of >= atLeast && !signal?.aborted; of += 1) {
    // On fresh connections, as another process would: kept ones would lead to the same workers every time.
    runner.lab.connections.reset();
    const outcome = await runner.run(plan);
    if (!outcome) continue;
    outcomes.push(outcome);
    if (counts(outcome)) reproduced += 1;
  }
  return { reproduced, of, outcomes };
}

/** Checkers that found an outcome invalid. */
export const invalidCheckers = ({ judgement }: Pick<PlanOutcome, 'judgement'>): readonly string[] =>
  judgement.verdicts.filter(({ verdict }) => verdict === 'invalid').map(({ checker }) => checker);

/** The same bug again: a checker that was violated before is violated now. */
export const violatesAny =
  (checkers: readonly string[]) =>
  (outcome: PlanOutcome): boolean =>
    invalidCheckers(outcome).some((checker) => checkers.includes(checker));
