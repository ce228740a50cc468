import { operationOfPart } from '../../history/step-of.ts';
import type { OperationStep } from '../../plan/plan.ts';
import {
  type Completion,
  type Meaning,
  NotDone,
  type Operation,
  type PartMeaning,
  type PreparedRun,
  type Workload,
} from '../../workloads/workload.ts';
import type { ArmedFaults } from '../disturbing/armed-faults.ts';
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
  const parts = partsOf(id, prepared.meaning(operation));
  const about = { name: step.name, key: operation.key, client: step.client };
  recorder.invoke(
    parts.map(({ op, meaning }) => ({ type: 'invoke', op, ...about, ...partOf(op, id), ...meaning })),
  );
  faults.operationBegins(step.id);
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
  const { parts: ofParts = {}, ...whole } = completion;
  const isLate = whole.type === 'unknown' && isOver(signal);
  recorder.complete(
    parts.map(({ op, part }) => ({
      ...(client.status === undefined ? {} : { status: client.status }),
      ...(isLate ? { timedOut: true as const } : {}),
      ...whole,
      ...(part === undefined ? {} : ofParts[part]),
      op,
      client: step.client,
      ...(client.worker ? { worker: client.worker } : {}),
      ...(client.abortedAt === undefined ? {} : { abortedAt: client.abortedAt }),
    })),
  );
  // Only now: a fault that fires upon the answer comes after it.
  faults.operationEnded(step.id);
}

/** Whether the bound of the operation has come, not the end of the run. */
const isOver = ({ aborted, reason }: AbortSignal): boolean =>
  aborted && (reason as Partial<Error> | undefined)?.name === 'TimeoutError';

interface Part {
  readonly op: string;
  readonly part?: string;
  readonly meaning: Meaning;
}

/** What stands in the history for one request: one operation, or one for each of its parts. */
function partsOf(id: string, meaning: Meaning | readonly PartMeaning[]): readonly Part[] {
  if (!isParted(meaning)) return [{ op: id, meaning }];
  return meaning.map(({ part, ...rest }) => ({ op: operationOfPart(id, part), part, meaning: rest }));
}

const isParted = (meaning: Meaning | readonly PartMeaning[]): meaning is readonly PartMeaning[] =>
  Array.isArray(meaning);

const partOf = (op: string, id: string) => (op === id ? {} : { partOf: id });

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
    return { type: 'unknown', error: isOver(signal) ? 'no answer in time' : message };
  }
}
