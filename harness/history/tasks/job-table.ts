import type { Json } from '../../plan/json.ts';
import type { Operation } from '../timeline.ts';
import { type ValueId, valueId } from '../value.ts';

/** One delivery of a job; `place` is where it stood in an answer with several. */
export interface Delivery {
  readonly operation: Operation;
  readonly place: number;
}

/** What a history tells of one job. */
export interface Job {
  readonly id: ValueId;
  /** The first that put it in. */
  readonly enqueue: Operation;
  /** The first that was acknowledged. */
  acknowledged?: Operation;
  /** How often it was put in, or may have been: again after no answer, for example. */
  puts: number;
  /** Where it stands among the jobs of its enqueue. */
  readonly place: number;
  readonly deliveries: Delivery[];
  /** It was reported as finished, or may have been. */
  isFinished: boolean;
}

/** The jobs of one queue. */
export interface JobTable {
  readonly jobs: readonly Job[];
  /** Deliveries of what nobody had put in. */
  readonly strangers: readonly Delivery[];
  /** Deliveries that said that there was nothing left. */
  readonly empties: readonly Operation[];
  /** Deliveries without an answer: each may have taken something with it. */
  readonly unanswered: readonly Operation[];
}

const jobsIn = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

/** Reads the operations of one queue. */
export function jobTableOf(operations: readonly Operation[]): JobTable {
  const jobs = new Map<ValueId, Job>();
  const strangers: Delivery[] = [];
  const empties: Operation[] = [];
  const unanswered: Operation[] = [];
  for (const enqueue of operations) {
    if (enqueue.invoke.does !== 'enqueue' || enqueue.outcome === 'fail') continue;
    jobsIn(enqueue.invoke.value).forEach((value, place) => {
      const id = valueId(value);
      const job: Job = jobs.get(id) ?? { id, enqueue, place, puts: 0, deliveries: [], isFinished: false };
      jobs.set(id, job);
      job.puts += 1;
      if (enqueue.outcome === 'ok') job.acknowledged ??= enqueue;
    });
  }
  for (const operation of operations) {
    const { invoke, completion, outcome } = operation;
    if (invoke.does === 'finish' && outcome !== 'fail') {
      for (const value of jobsIn(invoke.value)) {
        const job = jobs.get(valueId(value));
        if (job) job.isFinished = true;
      }
    }
    if (invoke.does !== 'deliver' || outcome === 'fail') continue;
    if (outcome === 'unknown') {
      unanswered.push(operation);
      continue;
    }
    const values = jobsIn(completion?.value);
    if (values.length === 0) empties.push(operation);
    values.forEach((value, place) => {
      const job = jobs.get(valueId(value));
      const delivery = { operation, place };
      // Nobody can have been given what was put in only afterwards.
      if (job && job.enqueue.start < operation.end) job.deliveries.push(delivery);
      else strangers.push(delivery);
    });
  }
  return { jobs: [...jobs.values()], strangers, empties, unanswered };
}
