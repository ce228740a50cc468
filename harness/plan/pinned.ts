import type { Fault } from './fault.ts';
import type { OperationStep, Plan } from './plan.ts';
import { mapSteps } from './tidy.ts';

/** The plan with another pin for each operation; undefined for none. */
export function repinned(
  plan: Plan,
  pinOf: (step: OperationStep, index: number) => number | undefined,
): Plan {
  let index = 0;
  return mapSteps(plan, (step) => {
    if (step.kind === 'fault') return step;
    const worker = pinOf(step, index);
    index += 1;
    const { worker: _, ...rest } = step;
    return worker === undefined ? rest : { ...rest, worker };
  });
}

/** The plan for a stack on which every service has one worker: no pins, and faults hit the one that there is. */
export function forOneWorker(plan: Plan): Plan {
  const aimed = (fault: Fault): Fault =>
    fault.on === 'worker' && typeof fault.worker === 'number' ? { ...fault, worker: 1 } : fault;
  return mapSteps(
    repinned(plan, () => undefined),
    (step) => (step.kind === 'fault' ? { ...step, fault: aimed(step.fault) } : step),
  );
}
