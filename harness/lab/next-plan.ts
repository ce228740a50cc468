import { providerDirective } from '../faults/provider-directives.ts';
import { unsupported } from '../faults/supported.ts';
import { coveringPlans } from '../plan/cover/covering-plans.ts';
import { type FaultItem, faultGround } from '../plan/cover/fault-ground.ts';
import { type PairItem, pairGround } from '../plan/cover/pair-ground.ts';
import type { Fault } from '../plan/fault.ts';
import { type OperationStep, operationsOf, type Plan } from '../plan/plan.ts';
import { planOf } from '../plan/plan-arbitrary.ts';
import { mapSteps } from '../plan/tidy.ts';
import type { FaultAllowance, WorkloadShape } from '../plan/workload-shape.ts';
import type { Workload } from '../workloads/workload.ts';
import type { LabStack } from './lab-stack.ts';

/** What a hunt may cover on a stack, and the plans that it makes. */
export interface Planner {
  readonly shape: WorkloadShape;
  readonly pairs: readonly PairItem[];
  /** `why` says what this stack lacks for a fault. */
  readonly faults: readonly (FaultItem & { readonly why?: string })[];
  /** Plan number `path` of the seed, without faults that the stack cannot have. */
  planAt(path: number): Plan;
}

/** After the covering plans one plan in so many is of another cover, for what the first one missed. */
const coverAgainEvery = 4;

/**
 * The plans of a seed: first a cover of all pairs of operations and of all faults, then random ones, and covers in another order
 * among them. Plan `path` is a function of seed, path, workload and stack alone.
 */
export function plannerOf(workload: Workload, stack: LabStack, seed: number): Planner {
  const given = workload.shape(stack);
  const { links = [], lastReads = {} } = workload;
  const reads = new Set(Object.values(lastReads).flat());
  const possible = { ...given, ...(given.faults ? { faults: withLinks(given.faults, links) } : {}) };
  const pairs = pairGround(given, reads);
  const faults = faultGround(possible)
    // What only the wire can do to a stream is no fault of the provider that any stack could have.
    .filter((item) => canBe(item.aim('o').fault))
    .map((item) => {
      const why = unsupported(item.aim('o').fault, stack);
      return why === undefined ? item : { ...item, why };
    });
  const there = links.filter((link) => stack.links.includes(link));
  const allowance = given.faults && withLinks(given.faults, there);
  const covers = new Map<number, readonly Plan[]>();
  const cover = (round: number): readonly Plan[] => {
    const supported = faults.filter((item) => !('why' in item));
    const { faultsEvery = 3 } = workload;
    const calmPerFault = Math.min(2, Math.max(1, faultsEvery - 1));
    const options = { seed: seed + round, lastReads: reads, pairs, faults: supported, calmPerFault };
    const known = covers.get(round) ?? coveringPlans(given, options);
    covers.set(round, known);
    return known;
  };
  const random = (path: number): Plan => {
    const { faultsEvery = 5 } = workload;
    const isDisturbed = allowance !== undefined && path % faultsEvery === faultsEvery - 1;
    const { faults: _, ...focused } = workload.shape(stack, path);
    return planOf(isDisturbed ? { ...focused, faults: allowance } : focused, seed, String(path));
  };
  const raw = (path: number): Plan => {
    const first = cover(0);
    if (path < first.length || first.length === 0) return first[path] ?? random(path);
    const later = path - first.length;
    if (later % coverAgainEvery !== coverAgainEvery - 1) return random(path);
    const again = Math.floor(later / coverAgainEvery);
    const round = 1 + Math.floor(again / first.length);
    const plans = cover(round);
    return plans[(again % first.length) % Math.max(1, plans.length)] ?? random(path);
  };
  return {
    shape: given,
    pairs,
    faults,
    planAt: (path) => {
      const plan = mapSteps(raw(path), (step) =>
        step.kind === 'fault' && unsupported(step.fault, stack) !== undefined ? undefined : step,
      );
      return withLastReads({ ...plan, seed, path: String(path) }, workload, stack);
    },
  };
}

/** Plan number `path` of a seed on this stack. */
export const nextPlan = (workload: Workload, stack: LabStack, seed: number, path: number): Plan =>
  plannerOf(workload, stack, seed).planAt(path);

const canBe = (fault: Fault): boolean =>
  fault.on !== 'stream' || fault.through === 'wire' || providerDirective(fault) !== undefined;

/** Streams are hit through the wire too, on these links. */
function withLinks(faults: FaultAllowance, links: readonly string[]): FaultAllowance {
  return faults.stream && links.length > 0 ? { ...faults, stream: { ...faults.stream, links } } : faults;
}

/** Adds a phase in which one client reads every key of the plan through each worker. */
function withLastReads(plan: Plan, { lastReads = {}, service }: Workload, stack: LabStack): Plan {
  const keys = [...new Set(operationsOf(plan).map(({ args }) => String(args.key)))];
  const workers = stack.workers[service] ?? 1;
  const reads = keys.flatMap((key, index) => {
    const names = [lastReads[key] ?? []].flat();
    return names.flatMap((name, nth) =>
      Array.from({ length: workers }, (_, worker): OperationStep => {
        const id = `r${index + 1}${nth > 0 ? `n${nth + 1}` : ''}${workers > 1 ? `w${worker + 1}` : ''}`;
        const pin = workers > 1 ? { worker: worker + 1 } : {};
        return { kind: 'operation', id, client: 1, ...pin, name, args: { key } };
      }),
    );
  });
  return reads.length > 0 ? { ...plan, phases: [...plan.phases, { steps: reads }] } : plan;
}
