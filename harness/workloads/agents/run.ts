import type { Plan } from '../../plan/plan.ts';
import type { Client, Completion, Meaning, Operation, PartMeaning } from '../workload.ts';

/** What operations of one run of a plan share. */
export interface AgentsRun {
  readonly plan: Plan;
  /** Asked where an operation names no other. */
  readonly model: string;
  /** `authorization` of the tenant whose runs these are. */
  readonly headers: Readonly<Record<string, string>>;
  /** And of one who must see nothing of them. */
  readonly strangerHeaders: Readonly<Record<string, string>>;
  /** Ids of agent runs that clients were given, by key; they tell each other of them as soon as they are acknowledged. */
  readonly ids: Map<string, string>;
  /** Jobs that were acknowledged, the latest one last. */
  readonly begun: Job[];
  /** Those that an operation is about, noted when it begins, by the operation. */
  readonly asked: Map<string, readonly Job[]>;
}

/** A run that was left to itself: a task named after the operation that began it. */
export interface Job {
  readonly key: string;
  readonly operation: string;
  readonly id: string;
}

/** One kind of operation on agent runs. */
export interface AgentsOperation {
  readonly name: string;
  readonly keys: readonly string[];
  readonly weight: number;
  readonly kind: 'read' | 'change' | 'end';
  meaning(operation: Operation, run: AgentsRun): Meaning | readonly PartMeaning[];
  perform(operation: Operation, client: Client, run: AgentsRun): Promise<Completion>;
}

/** A run as the routes show it, as far as the workload looks at it. */
export interface RunShown {
  readonly session_id?: string;
  readonly status?: string;
  readonly turn?: number;
  readonly attempt?: number;
  readonly output?: string;
  readonly error?: string | null;
  readonly resumed?: boolean;
}

/** States in which nobody works on a run. */
export const ends = ['completed', 'failed', 'stopped', 'interrupted'] as const;
export const isEnd = (state: string | undefined): boolean => ends.some((end) => end === state);
