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
  /** For faults of workers, services and links: fires at that point, not with the phase. Its operations are of the same phase. */
  readonly when?: Trigger;
}

export type Trigger = FrameTrigger | ArrivalTrigger | GapTrigger;

/** Once the operation's client has seen so many frames; 0 means as soon as the request is sent. */
export interface FrameTrigger {
  readonly operation: string;
  readonly afterFrames: number;
}

/** Once the wire has seen the operation on its way to the service that the fault is of. */
export interface ArrivalTrigger {
  readonly operation: string;
  readonly atUpstream: 'arrived';
  /** Where the wire looks; any of its links to that service unless said. */
  readonly link?: string;
}

/** Once the first operation has been answered; the other one is not sent before the fault has fired. */
export interface GapTrigger {
  readonly after: string;
  readonly before?: string;
  /** The other one waits until the service is as it was, too. */
  readonly settled?: true;
}

export const stepsOf = (plan: Plan): readonly Step[] => plan.phases.flatMap(({ steps }) => steps);

export const operationsOf = (plan: Plan): readonly OperationStep[] =>
  stepsOf(plan).filter((step) => step.kind === 'operation');

export const faultsOf = (plan: Plan): readonly FaultStep[] =>
  stepsOf(plan).filter((step) => step.kind === 'fault');

/** The operation that a fault speaks of first, if any; it is in the same phase. */
export const operationOfFault = (step: FaultStep): string | undefined => operationsOfFault(step)[0];

/** All operations that a fault speaks of and that must be in its phase. */
function operationsOfFault({ fault, when }: FaultStep): readonly string[] {
  if (when) {
    if ('operation' in when) return [when.operation];
    return when.before === undefined ? [when.after] : [when.after, when.before];
  }
  if (fault.on === 'client') return [fault.operation];
  return fault.on === 'stream' && 'operation' in fault.target ? [fault.target.operation] : [];
}

/** The operation by whose worker the fault finds its target, if it does; it is in the same phase or in one before. */
export function servedOperation({ fault }: Pick<FaultStep, 'fault'>): string | undefined {
  return fault.on === 'worker' && typeof fault.worker === 'object' ? fault.worker.serves : undefined;
}

/**
 * What is wrong with a fault in its place; undefined when nothing is.
 * @param steps of its phase
 * @param earlier ids of operations of the phases before
 */
export function misplaced(
  step: FaultStep,
  steps: readonly Step[],
  earlier: ReadonlySet<string>,
): string | undefined {
  const lane = steps.filter((other) => other.kind === 'operation');
  const find = (id: string) => lane.find((other) => other.id === id);
  const missing = operationsOfFault(step).find((id) => find(id) === undefined);
  if (missing !== undefined) return `speaks of an operation "${missing}" that is not in its phase`;
  const served = servedOperation(step);
  if (served !== undefined && find(served) === undefined && !earlier.has(served)) {
    return `speaks of an operation "${served}" that is in no phase so far`;
  }
  if (!step.when || !('after' in step.when) || step.when.before === undefined) return undefined;
  const [after, before] = [find(step.when.after), find(step.when.before)];
  if (!after || !before) return undefined;
  // A client sends one after the other: what comes first cannot wait for what comes behind.
  const cannotWait = after.client === before.client && lane.indexOf(before) <= lane.indexOf(after);
  return cannotWait
    ? `cannot fire between "${after.id}" and "${before.id}", which comes before it`
    : undefined;
}
