import type { Plan } from '../plan/plan.ts';
import type { PlanOutcome } from './run-plan.ts';

/** The plan of an outcome with its faults aimed by what happened instead of when; undefined where nothing says more. */
export function causalForm(_outcome: PlanOutcome): Plan | undefined {
  return undefined;
}
