import { createHash } from 'node:crypto';

import { unsupportedStep } from '../../faults/supported.ts';
import { checkHistory } from '../../history/checkers.ts';
import type { CheckChoice, CompletionEvent, History, HistoryEvent } from '../../history/events.ts';
import type { Journal } from '../../history/journal.ts';
import { combine, type Judgement } from '../../history/verdict.ts';
import { faultsOf, type OperationStep, operationsOf, type Plan } from '../../plan/plan.ts';
import { serializePlan } from '../../plan/serialize-plan.ts';
import { uuidOf, type Workload } from '../../workloads/workload.ts';
import { ArmedFaults } from '../disturbing/armed-faults.ts';
import type { LabStack } from '../lab-stack.ts';

import type { Connections } from './connections.ts';
import { LabClient } from './lab-client.ts';
import { nextRun } from './nonce.ts';
import { readOperationJournal } from './operation-journal.ts';
import { performStep, type StepContext } from './perform-step.ts';
import { finishRun, PreparingClient, prepareRun } from './prepare-run.ts';
import { Recorder } from './recorder.ts';

export interface Lab {
  readonly stack: LabStack;
  readonly workload: Workload;
  readonly connections: Connections;
  /** Bound of one operation; what takes longer ends as unknown. */
  readonly operationTimeoutMs: number;
  /** Tells runs of one plan on one store apart: names in a run are made of it, the seed and the path. Default: the stack's. */
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
  /** What else went wrong beside what was judged, such as cleaning up. */
  readonly notes: readonly string[];
  readonly durationMs: number;
}

/** The checker that only tells whether faults fired; it says nothing about the subject. */
const aboutThePlan = 'faults-fired';

/**
 * Runs a plan once on a stack, records it and judges it. Whatever fails, its faults are reverted and what it made is removed.
 * @throws GauntletError GNT_SUBJECT_REFUSED, GNT_SUBJECT_SILENT and GNT_PREPARE_FAILED when the run could not begin;
 * GNT_FAULT_FAILED and GNT_FAULT_NOT_REVERTED
 */
export async function runPlan(lab: Lab, plan: Plan): Promise<PlanOutcome> {
  const { stack, workload, connections, operationTimeoutMs } = lab;
  const startedAt = performance.now();
  const { nonce, salt, run } = nextRun(stack, plan, lab.salt ?? stack.salt);
  const uuid = (name: string) => uuidOf(nonce, name);
  const client = new PreparingClient(clientOutside(lab));
  const prepared = await prepareRun(workload, { plan, stack, nonce, uuid }, client, operationTimeoutMs);
  const recorder = new Recorder();
  const faults = new ArmedFaults({ plan, stack, recorder, nonce, service: workload.service });
  const failures: unknown[] = [];
  const notes: string[] = [];
  const fails = (error: unknown) => void failures.push(error);
  await runPhases(lab, plan, { prepared, nonce, recorder, faults }).catch(fails);
  await faults.revertAll().catch(fails);
  if (faults.disturbed) connections.reset();
  const unfinished = await finishRun(prepared, operationTimeoutMs);
  if (unfinished !== undefined) notes.push(unfinished);
  if (failures.length > 0) throw failures[0];

  const journal = await journalFor(plan, recorder, stack, nonce).catch((error: unknown) => {
    notes.push(`the provider's journal could not be read: ${(error as Error).message}`);
    return undefined;
  });
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
      ...(prepared.initial ? { initial: prepared.initial() } : {}),
      timeoutMs: operationTimeoutMs,
      salt,
      run,
    },
    events: recorder.events,
  };
  const { verdicts } = checkHistory(history, journal);
  return {
    plan,
    history,
    journal,
    judgement: combine(verdicts.filter(({ checker }) => checker !== aboutThePlan)),
    vacuous: [...faults.unfired(), ...nothingDone(history)],
    notes,
    durationMs: performance.now() - startedAt,
  };
}

/** The client that prepares and cleans up. */
export function clientOutside({ stack, workload, connections, operationTimeoutMs }: Lab): LabClient {
  // Always through the same worker: what preparing leaves in a worker's memory must not differ from run to run.
  const first = (stack.workers[workload.service] ?? 1) > 1 ? 1 : undefined;
  return new LabClient({
    route: (service) => connections.route(0, service, service === workload.service ? first : undefined),
    service: workload.service,
    // Each request has the time of an operation: cleaning up comes long after preparing.
    get signal() {
      return AbortSignal.timeout(operationTimeoutMs);
    },
  });
}

type RunParts = Pick<StepContext, 'prepared' | 'nonce' | 'recorder' | 'faults'>;

/** Phase by phase; the first thing that throws ends the others, and is thrown when all have ended. */
async function runPhases(lab: Lab, plan: Plan, parts: RunParts): Promise<void> {
  const { workload, connections, operationTimeoutMs } = lab;
  const { faults } = parts;
  const halt = new AbortController();
  const signal = () => AbortSignal.any([AbortSignal.timeout(operationTimeoutMs), halt.signal]);
  const context = { ...parts, workload, connections, signal };
  const perform = async (lane: readonly OperationStep[]) => {
    for (const step of lane) {
      await faults.gate(step.id, operationTimeoutMs);
      if (halt.signal.aborted) return;
      await performStep(step, context);
    }
  };
  for (const { steps } of plan.phases) {
    await faults.arm(steps);
    const operations = steps.filter((step) => step.kind === 'operation');
    const lanes = [...Map.groupBy(operations, ({ client }) => client).values()];
    const ends = [faults.fire(steps), ...lanes.map(perform)].map((end) =>
      end.catch((error: unknown) => {
        halt.abort();
        faults.cancel();
        throw error;
      }),
    );
    const failed = (await Promise.allSettled(ends)).find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }
}

/** Where every operation was refused, nothing was tried and a valid verdict says nothing. */
function nothingDone({ events }: History): readonly string[] {
  const isDone = (event: HistoryEvent) =>
    event.type === 'ok' ||
    // What its own client hung up was not meant to succeed.
    (event.type === 'unknown' && event.abortedAt !== undefined);
  if (events.some(isDone)) return [];
  const last = events.findLast(
    (event): event is CompletionEvent => event.type !== 'invoke' && event.type !== 'fault',
  );
  return last ? [`no operation succeeded: ${last.error ?? last.type}`] : [];
}

/** Faults of a plan that this stack cannot have, with reasons. */
export function unsupportedFaults(plan: Plan, stack: LabStack): readonly string[] {
  return faultsOf(plan).flatMap((step) => {
    const why = unsupportedStep(step, stack);
    return why === undefined ? [] : [`${step.id}: ${why}`];
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
