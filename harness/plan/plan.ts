import type { Fault } from './fault.ts';
import type { JsonRecord } from './json.ts';

export const planVersion = 1;

/** Operations and faults with their order: all that one seed decides about a run. Plain JSON. */
export interface Plan {
  readonly version: typeof planVersion;
  readonly workload: string;
  readonly seed: number;
  /** Which plan of the seed this was before shrinking: `planOf(shape, seed, path)` makes it again. */
  readonly path?: string;
  /** Clients are numbered 1 to this. */
  readonly clients: number;
  readonly phases: readonly Phase[];
}

/**
 * Steps of a phase run concurrently, except that those of one client run in the order given. A phase begins when
 * everything of the phase before has ended (the barrier), faults reverted or not.
 */
export interface Phase {
  readonly steps: readonly Step[];
}

export type Step = OperationStep | FaultStep;

export interface OperationStep {
  readonly kind: 'operation';
  /** Unique in the plan. The runner makes the operation id that travels in content from it and the run. */
  readonly id: string;
  readonly client: number;
  /** The worker that must serve it, from 1; absent means any. */
  readonly worker?: number;
  readonly name: string;
  readonly args: JsonRecord;
}

export interface FaultStep {
  readonly kind: 'fault';
  readonly id: string;
  readonly fault: Fault;
  /** For faults of workers and services: fires when that operation's client has seen so many frames, not with the phase. */
  readonly when?: Trigger;
}

export interface Trigger {
  readonly operation: string;
  readonly afterFrames: number;
}

export const stepsOf = (plan: Plan): readonly Step[] => plan.phases.flatMap(({ steps }) => steps);

export const operationsOf = (plan: Plan): readonly OperationStep[] =>
  stepsOf(plan).filter((step) => step.kind === 'operation');

export const faultsOf = (plan: Plan): readonly FaultStep[] =>
  stepsOf(plan).filter((step) => step.kind === 'fault');

/** The operation that a fault speaks of, if any; it is in the same phase. */
export function operationOfFault({ fault, when }: FaultStep): string | undefined {
  if (when) return when.operation;
  if (fault.on === 'client') return fault.operation;
  return fault.on === 'stream' && 'operation' in fault.target ? fault.target.operation : undefined;
}
