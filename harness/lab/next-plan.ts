import { unsupported } from '../faults/supported.ts';
import { type OperationStep, operationsOf, type Plan } from '../plan/plan.ts';
import { planOf } from '../plan/plan-arbitrary.ts';
import { mapSteps } from '../plan/tidy.ts';
import type { FaultAllowance, WorkloadShape } from '../plan/workload-shape.ts';
import type { Workload } from '../workloads/workload.ts';
import type { LabStack } from './lab-stack.ts';

/** Plan number `path` of a seed on this stack, without faults that this stack cannot have. Deterministic. */
export function nextPlan(workload: Workload, stack: LabStack, seed: number, path: number): Plan {
  const { faults, ...calm } = workload.shape(stack, path);
  const { faultsEvery = 5 } = workload;
  const isDisturbed = faults !== undefined && path % faultsEvery === faultsEvery - 1;
  const shape: WorkloadShape = isDisturbed ? { ...calm, faults: onLinks(faults, workload, stack) } : calm;
  const plan = planOf(shape, seed, String(path));
  const possible = mapSteps(plan, (step) =>
    step.kind === 'fault' && unsupported(step.fault, stack) !== undefined ? undefined : step,
  );
  return withLastReads({ ...possible, seed, path: String(path) }, workload, stack);
}

/** Streams are hit through the wire too, on the workload's links, where it stands on any of them. */
function onLinks(faults: FaultAllowance, { links = [] }: Workload, stack: LabStack): FaultAllowance {
  const there = links.filter((link) => stack.links.includes(link));
  return faults.stream && there.length > 0
    ? { ...faults, stream: { ...faults.stream, links: there } }
    : faults;
}

/** Adds a phase in which one client reads every key of the plan through each worker. */
function withLastReads(plan: Plan, { lastReads = {}, service }: Workload, stack: LabStack): Plan {
  const keys = [...new Set(operationsOf(plan).map(({ args }) => String(args.key)))];
  const workers = stack.workers[service] ?? 1;
  const reads = keys.flatMap((key, index) => {
    const name = lastReads[key];
    if (name === undefined) return [];
    return Array.from({ length: workers }, (_, worker): OperationStep => {
      const id = `r${index + 1}${workers > 1 ? `w${worker + 1}` : ''}`;
      const pin = workers > 1 ? { worker: worker + 1 } : {};
      return { kind: 'operation', id, client: 1, ...pin, name, args: { key } };
    });
  });
  return reads.length > 0 ? { ...plan, phases: [...plan.phases, { steps: reads }] } : plan;
}
