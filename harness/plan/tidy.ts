import { type FaultStep, type OperationStep, operationOfFault, type Plan, type Step } from './plan.ts';

/** Drops empty phases and faults whose operation is gone, and numbers the clients that are left from 1. */
export function tidy(plan: Plan): Plan {
  const clients = new Map<number, number>();
  const phases = plan.phases
    .map(({ steps }) => ({ steps: steps.filter((step) => isAimed(step, steps)) }))
    .filter(({ steps }) => steps.length > 0);
  const client = (old: number) => {
    const known = clients.get(old) ?? clients.size + 1;
    clients.set(old, known);
    return known;
  };
  const renumber = (step: Step): Step =>
    step.kind === 'operation' ? { ...step, client: client(step.client) } : step;
  const renumbered = phases.map(({ steps }) => ({ steps: steps.map(renumber) }));
  return { ...plan, clients: clients.size, phases: renumbered };
}

/** The plan with each step replaced by what `change` gives; undefined drops it. */
export function mapSteps(plan: Plan, change: (step: OperationStep | FaultStep) => Step | undefined): Plan {
  const phases = plan.phases.map(({ steps }) => ({
    steps: steps.map(change).filter((step) => step !== undefined),
  }));
  return tidy({ ...plan, phases });
}

function isAimed(step: Step, steps: readonly Step[]): boolean {
  const operation = step.kind === 'fault' ? operationOfFault(step) : undefined;
  return operation === undefined || steps.some(({ id }) => id === operation);
}
