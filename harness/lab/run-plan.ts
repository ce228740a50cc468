import { createHash, randomBytes } from 'node:crypto';
import { unsupported } from '../faults/supported.ts';
import { checkHistory } from '../history/checkers.ts';
import type { CheckChoice, CompletionEvent, History } from '../history/events.ts';
import type { Journal } from '../history/journal.ts';
import { combine, type Judgement } from '../history/verdict.ts';
import { faultsOf, operationsOf, type Plan } from '../plan/plan.ts';
import { serializePlan } from '../plan/serialize-plan.ts';
import type { Workload } from '../workloads/workload.ts';
import { ArmedFaults } from './armed-faults.ts';
import type { Connections } from './connections.ts';
import { LabClient } from './lab-client.ts';
import type { LabStack } from './lab-stack.ts';
import { readOperationJournal } from './operation-journal.ts';
import { performStep } from './perform-step.ts';
import { Recorder } from './recorder.ts';

export interface Lab {
  readonly stack: LabStack;
  readonly workload: Workload;
  readonly connections: Connections;
  /** Bound of one operation; what takes longer ends as unknown. */
  readonly operationTimeoutMs: number;
  /** Goes into names that a run makes, for runs on one store. Default: ''. */
  readonly salt?: string;
}

/** What one run of a plan came to. */
export interface PlanOutcome {
  readonly plan: Plan;
  readonly history: History;
  readonly journal: Journal | undefined;
  readonly judgement: Judgement;
  /** Why the run proves less than it was meant to: faults that did not fire, or no operation that succeeded. */
  readonly vacuous: readonly string[];
  readonly durationMs: number;
}

/** The checker that only tells whether faults fired; it says nothing about the subject. */
const aboutThePlan = 'faults-fired';

/** Runs a plan once on a stack, records it and judges it. */
export async function runPlan(
  { stack, workload, connections, operationTimeoutMs }: Lab,
  plan: Plan,
): Promise<PlanOutcome> {
  const startedAt = performance.now();
  const nonce = randomBytes(4).toString('hex');
  const signal = () => AbortSignal.timeout(operationTimeoutMs);
  // Always through the same worker: what preparing leaves in a worker's memory must not differ from run to run.
  const first = (stack.workers[workload.service] ?? 1) > 1 ? 1 : undefined;
  const route = (service: string) =>
    connections.route(0, service, service === workload.service ? first : undefined);
  const client = new LabClient({
    route,
    service: workload.service,
    // Each request has the time of an operation: cleaning up comes long after preparing.
    get signal() {
      return signal();
    },
  });
  const prepared = await workload.prepare({ plan, stack, nonce, client });
  const recorder = new Recorder(plan.clients);
  const faults = new ArmedFaults(plan, stack, recorder, nonce);
  const context = { workload, prepared, nonce, connections, recorder, faults, signal };
  for (const { steps } of plan.phases) {
    await faults.arm(steps);
    const lanes = Map.groupBy(
      steps.filter((step) => step.kind === 'operation'),
      (step) => step.client,
    );
    await Promise.all([
      faults.fire(steps),
      ...[...lanes.values()].map(async (lane) => {
        for (const step of lane) await performStep(step, context);
      }),
    ]);
  }
  await faults.revertAll();
  if (faults.disturbed) connections.reset();
  await prepared.finish?.();

  const journal = await journalFor(plan, recorder, stack, nonce);
  faults.proveByJournal(journal);
  const planned = faultsOf(plan).map(({ id }) => id);
  const checks: readonly CheckChoice[] = [
    ...workload.checks(stack),
    ...(planned.length > 0 ? [{ checker: aboutThePlan }] : []),
  ];
  const history: History = {
    header: {
      type: 'header',
      version: 1,
      workload: workload.name,
      planHash: createHash('sha256').update(serializePlan(plan)).digest('hex'),
      subject: subjectOf(stack, workload.service),
      checks,
      ...(planned.length > 0 ? { faults: planned } : {}),
    },
    events: recorder.inOrder(),
  };
  const { verdicts } = checkHistory(history, journal);
  return {
    plan,
    history,
    journal,
    judgement: combine(verdicts.filter(({ checker }) => checker !== aboutThePlan)),
    vacuous: [...faults.unfired(), ...nothingDone(history)],
    durationMs: performance.now() - startedAt,
  };
}

/** Where every operation was refused, nothing was tried and a valid verdict says nothing. */
function nothingDone({ events }: History): readonly string[] {
  if (events.some(({ type }) => type === 'ok')) return [];
  const last = events.findLast(
    (event): event is CompletionEvent => event.type !== 'invoke' && event.type !== 'fault',
  );
  return last ? [`no operation succeeded: ${last.error ?? last.type}`] : [];
}

/** Faults of a plan that this stack cannot have, with reasons. */
export function unsupportedFaults(plan: Plan, stack: LabStack): readonly string[] {
  return faultsOf(plan).flatMap(({ id, fault }) => {
    const why = unsupported(fault, stack);
    return why === undefined ? [] : [`${id}: ${why}`];
  });
}

async function journalFor(
  plan: Plan,
  recorder: Recorder,
  stack: LabStack,
  nonce: string,
): Promise<Journal | undefined> {
  const isWanted =
    recorder.events.some((event) => event.type === 'invoke' && event.does === 'call') ||
    faultsOf(plan).some(({ fault }) => fault.on === 'stream');
  if (!isWanted || !stack.has('provider')) return undefined;
  return readOperationJournal(
    stack.url('provider'),
    operationsOf(plan).map(({ id }) => `${id}-${nonce}`),
  );
}

function subjectOf({ record }: LabStack, service: string): string {
  const { version, from, url } = record.services[service] ?? {};
  return [service, version, from === 'url' ? url : from].filter(Boolean).join(' ');
}
