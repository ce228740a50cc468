import type { CompletionEvent, FaultEvent, HistoryEvent, InvokeEvent } from '../../history/events.ts';
import { stepOf } from '../../history/step-of.ts';
import type { WorkerServing } from '../../plan/fault.ts';
import {
  type FaultStep,
  misplaced,
  type OperationStep,
  type Phase,
  type Plan,
  type Trigger,
} from '../../plan/plan.ts';
import { serializePlan } from '../../plan/serialize-plan.ts';
import { tidy } from '../../plan/tidy.ts';
import type { PlanOutcome } from '../running/run-plan.ts';

/** What the run saw of the moment at which a fault fired. */
interface Moment {
  readonly event: FaultEvent;
  /** Events before and after it. */
  readonly before: readonly HistoryEvent[];
  readonly after: readonly HistoryEvent[];
}

/** What a fault becomes: aimed otherwise, or in a phase of its own before the operations of its phase. */
interface Rewritten {
  readonly step: FaultStep;
  readonly isFirst: boolean;
}

/**
 * The plan of an outcome with its worker faults aimed by what happened, instead of by number and moment: at the worker that serves
 * an operation, so far into it; or between an answer and the operation that came next. Undefined where what was seen says
 * nothing more than the plan does.
 */
export function causalForm({ plan, history }: Pick<PlanOutcome, 'plan' | 'history'>): Plan | undefined {
  const phases = plan.phases.flatMap((phase, index): readonly Phase[] => {
    const earlier = plan.phases.slice(0, index).flatMap(({ steps }) => operationsIn(steps));
    const first: FaultStep[] = [];
    const steps = phase.steps.flatMap((step) => {
      const rewritten = step.kind === 'fault' ? rewrite(step, phase, earlier, history.events) : undefined;
      if (!rewritten?.isFirst) return [rewritten?.step ?? step];
      first.push(rewritten.step);
      return [];
    });
    return first.length > 0 ? [{ steps: first }, { steps }] : [{ steps }];
  });
  const causal = tidy({ ...plan, phases });
  return serializePlan(causal) === serializePlan(tidy(plan)) ? undefined : causal;
}

function rewrite(
  step: FaultStep,
  { steps }: Phase,
  earlier: readonly OperationStep[],
  events: readonly HistoryEvent[],
): Rewritten | undefined {
  const { fault } = step;
  if (fault.on !== 'worker' || typeof fault.worker !== 'number') return undefined;
  const at = events.findIndex(
    (event) => event.type === 'fault' && event.state === 'fired' && event.id === step.id,
  );
  const event = events[at] as FaultEvent | undefined;
  if (!event) return undefined;
  const moment = { event, before: events.slice(0, at), after: events.slice(at + 1) };
  const operations = operationsIn(steps);
  const rewritten = underway(step, moment, operations) ?? between(step, moment, operations, earlier);
  // What cannot be put so stays as it is.
  const known = new Set(earlier.map(({ id }) => id));
  const around = rewritten?.isFirst ? [rewritten.step] : steps;
  return rewritten && misplaced(rewritten.step, around, known) === undefined ? rewritten : undefined;
}

/** It hit a worker with operations under way: of those the one that had come furthest says where and when. */
function underway(
  step: FaultStep,
  { event }: Moment,
  operations: readonly OperationStep[],
): Rewritten | undefined {
  const {
    serving,
    frames = {},
    link,
  } = (event.proof ?? {}) as {
    readonly serving?: readonly string[];
    readonly frames?: Readonly<Record<string, number>>;
    readonly link?: string;
  };
  const there = serving?.filter((id) => operations.some((operation) => operation.id === id)) ?? [];
  const [serves] = [...there].sort((a, b) => (frames[b] ?? -1) - (frames[a] ?? -1));
  if (serves === undefined) return undefined;
  const seen = frames[serves] ?? 0;
  // Before its first frame an operation behind another service is where the wire sees it, not where it was sent.
  const when: Trigger =
    seen === 0 && link !== undefined
      ? { operation: serves, atUpstream: 'arrived', link }
      : { operation: serves, afterFrames: seen };
  return { step: aimed(step, { serves, ...(link === undefined ? {} : { link }) }, when), isFirst: false };
}

/** It hit a worker with nothing to do: what had been answered before, and what was asked next, say when. */
function between(
  step: FaultStep,
  { event, before, after }: Moment,
  operations: readonly OperationStep[],
  earlier: readonly OperationStep[],
): Rewritten | undefined {
  if (event.fault.on !== 'worker') return undefined;
  const ids = new Set(operations.map(({ id }) => id));
  const answered = before.filter(isCompletion).findLast(({ op }) => ids.has(stepOf(op)));
  const next = after.find((other): other is InvokeEvent => isInvoke(other) && ids.has(stepOf(other.op)));
  const served = before
    .filter(isCompletion)
    .findLast(
      ({ op, worker }) =>
        worker?.pid === event.proof?.pid && [...ids, ...earlier.map(idOf)].includes(stepOf(op)),
    );
  const target = served ? { serves: stepOf(served.op) } : undefined;
  if (!answered) {
    const wasAsked = before.some((other) => isInvoke(other) && ids.has(stepOf(other.op)));
    // Before all of its phase; one that is alone there stands first as it is.
    if (wasAsked || operations.length === 0) return target && { step: aimed(step, target), isFirst: false };
    return { step: aimed(step, target), isFirst: true };
  }
  const wasBack = after.findIndex(
    (other) => other.type === 'fault' && other.state === 'reverted' && other.id === step.id,
  );
  const isSettled = next !== undefined && wasBack >= 0 && wasBack < after.indexOf(next);
  const when: Trigger = {
    after: stepOf(answered.op),
    ...(next ? { before: stepOf(next.op) } : {}),
    ...(isSettled ? { settled: true as const } : {}),
  };
  return { step: aimed(step, target, when), isFirst: false };
}

function aimed({ id, fault }: FaultStep, worker?: WorkerServing, when?: Trigger): FaultStep {
  const target = worker && fault.on === 'worker' ? { ...fault, worker } : fault;
  return { kind: 'fault', id, fault: target, ...(when ? { when } : {}) };
}

const operationsIn = (steps: Phase['steps']): readonly OperationStep[] =>
  steps.filter((step) => step.kind === 'operation');
const idOf = ({ id }: OperationStep): string => id;
const isInvoke = (event: HistoryEvent): event is InvokeEvent => event.type === 'invoke';
const isCompletion = (event: HistoryEvent): event is CompletionEvent =>
  event.type !== 'invoke' && event.type !== 'fault';
