import type { Plan } from '../../plan/plan.ts';
import type { Client, Completion, Meaning, Operation, PartMeaning } from '../workload.ts';

/** What operations of one run share. */
export interface ResponsesRun {
  readonly plan: Plan;
  readonly model: string;
  /** `authorization` of the tenant whose responses these are. */
  readonly headers: Readonly<Record<string, string>>;
  /** And of one who must see nothing of them. */
  readonly strangerHeaders: Readonly<Record<string, string>>;
  /**
   * Ids that clients were given, by key: the latest response of a chain, in a slot, of a job; a conversation. Clients of one run
   * tell each other of ids as soon as they are acknowledged.
   */
  readonly ids: Map<string, string>;
}

/** One kind of operation on responses. */
export interface ResponsesOperation {
  readonly name: string;
  readonly keys: readonly string[];
  readonly weight: number;
  readonly kind: 'read' | 'change' | 'end';
  meaning(operation: Operation, run: ResponsesRun): Meaning | readonly PartMeaning[];
  perform(operation: Operation, client: Client, run: ResponsesRun): Promise<Completion>;
}

export const path = '/v1/responses';
