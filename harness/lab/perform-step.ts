import type { OperationStep } from '../plan/plan.ts';
import {
  type Completion,
  NotDone,
  type Operation,
  type PreparedRun,
  type Workload,
} from '../workloads/workload.ts';
import type { ArmedFaults } from './armed-faults.ts';
import type { Connections } from './connections.ts';
import { LabClient } from './lab-client.ts';
import type { Recorder } from './recorder.ts';

export interface StepContext {
  readonly workload: Workload;
  readonly prepared: PreparedRun;
  readonly nonce: string;
  readonly connections: Connections;
  readonly recorder: Recorder;
  readonly faults: ArmedFaults;
  /** The bound of one operation, counted from the call. */
  readonly signal: () => AbortSignal;
}

/** Sends one planned operation and writes down what became of it. Never throws for what the subject did. */
export async function performStep(step: OperationStep, context: StepContext): Promise<void> {
  const { workload, prepared, nonce, connections, recorder, faults } = context;
  const id = `${step.id}-${nonce}`;
  const operation: Operation = {
    id,
    step,
    name: step.name,
    key: String(step.args.key ?? ''),
    mark: `[[${[`op=${id}`, ...faults.directivesFor(step.id)].join(' ')}]]`,
  };
  const meaning = prepared.meaning(operation);
  const about = { op: id, client: step.client };
  recorder.invoke({ type: 'invoke', ...about, name: step.name, key: operation.key, ...meaning });
  const signal = context.signal();
  const client = new LabClient({
    service: workload.service,
    // The pin is of the workload's service; others are reached as clients of theirs would.
    route: (service) =>
      faults.throughWire(step.id, service)
        ? connections.throughWire(step.client, service)
        : connections.route(step.client, service, service === workload.service ? step.worker : undefined),
    signal,
    conduct: faults.conductOf(step.id),
  });
  const completion = await complete(prepared, operation, client, signal);
  faults.operationEnded(step.id);
  recorder.complete({
    ...completion,
    ...about,
    ...(client.worker ? { worker: client.worker } : {}),
    ...(client.abortedAt === undefined ? {} : { abortedAt: client.abortedAt }),
  });
}

async function complete(
  prepared: PreparedRun,
  operation: Operation,
  client: LabClient,
  signal: AbortSignal,
): Promise<Completion> {
  try {
    return await prepared.perform(operation, client);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof NotDone) return { type: 'fail', error: message };
    return { type: 'unknown', error: signal.aborted ? 'no answer in time' : message };
  }
}
