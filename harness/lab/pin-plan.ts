import type { History } from '../history/events.ts';
import { operationsOf, type Plan } from '../plan/plan.ts';
import { mapSteps } from '../plan/tidy.ts';
import { stepOf } from './step-of.ts';

/**
 * The plan with every operation pinned to the worker that served it in this history, so that another run does not
 * depend on where connections happen to land. Operations whose worker is not known stay as they are.
 */
export function pinPlan(plan: Plan, history: History): Plan {
  const served = new Map<string, number>();
  for (const event of history.events) {
    if (event.type !== 'fault' && event.type !== 'invoke' && event.worker) {
      served.set(stepOf(event.op), event.worker.index);
    }
  }
  return mapSteps(plan, (step) => {
    if (step.kind === 'fault' || step.worker !== undefined) return step;
    const worker = served.get(step.id);
    return worker === undefined ? step : { ...step, worker };
  });
}

/** Whether an operation of the plan may land on any worker. */
export const isLoose = (plan: Plan): boolean => operationsOf(plan).some(({ worker }) => worker === undefined);
