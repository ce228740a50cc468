import { type FaultStep, misplaced, type OperationStep, type Plan, type Step } from './plan.ts';

/** Drops empty phases and faults whose operation is gone or out of place, and numbers the clients that are left from 1. */
export function tidy(plan: Plan): Plan {
  const clients = new Map<number, number>();
  const earlier = new Set<string>();
  const phases = plan.phases
    .map(({ steps }) => {
      const kept = steps.filter(
        (step) => step.kind !== 'fault' || misplaced(step, steps, earlier) === undefined,
      );
      for (const { kind, id } of steps) if (kind === 'operation') earlier.add(id);
      return { steps: kept };
    })
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
