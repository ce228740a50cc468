import type fc from 'fast-check';
import type { ClientAction, LinkAction, ServiceAction, StreamEffectKind, WorkerAction } from './fault.ts';
import type { JsonRecord } from './json.ts';

/** What plans of a workload may consist of. Workers and services are the ones that are there, not the wanted ones. */
export interface WorkloadShape {
  readonly name: string;
  readonly operations: readonly OperationShape[];
  /** At most so many clients at once. */
  readonly clients: number;
  /** The service that operations are sent to unless they name another: pins are workers of it. */
  readonly service: string;
  /** Workers that can be pinned, by service; a service that is absent or has 1 gets no pins. */
  readonly workers: Readonly<Record<string, number>>;
  readonly faults?: FaultAllowance;
  /** Default 5. */
  readonly maxPhases?: number;
  /** Default 10, faults included. */
  readonly maxSteps?: number;
  /** Default 2; 0 when no faults are allowed. */
  readonly maxFaults?: number;
}

export interface OperationShape {
  readonly name: string;
  /** How often, compared with the others. Default 1. */
  readonly weight?: number;
  /** Where it is sent, when that is not the shape's service. */
  readonly service?: string;
  /** Keys it can work on, simplest first; the chosen one is `args.key`. Few keys make operations meet. */
  readonly keys?: readonly string[];
  /** The rest of its arguments. Values that must be unique are made by the runner from the operation id, not here. */
  readonly args?: fc.Arbitrary<JsonRecord>;
  /** It has an answer in frames: faults of streams and of clients can hit it. */
  readonly stream?: boolean;
  /** Its answer comes in one piece, from behind the same links: faults that need no frames at its client can hit it. */
  readonly whole?: boolean;
  /** Whether it comes over a link of the wire with these arguments; over all unless said. */
  readonly meets?: (link: string, args: JsonRecord) => boolean;
  /** Frames of its answer before the one that says that it is whole, where that is known. */
  readonly frames?: number;
  /** What it does to its object; `end` leaves next to nothing to work on. Default: guessed from keys, last reads and names. */
  readonly kind?: 'read' | 'change' | 'end';
}

export interface FaultAllowance {
  readonly worker?: { readonly services: readonly string[]; readonly actions: readonly WorkerAction[] };
  readonly service?: { readonly services: readonly string[]; readonly actions: readonly ServiceAction[] };
  /** Of these links of the wire as a whole. */
  readonly link?: { readonly links: readonly string[]; readonly actions: readonly LinkAction[] };
  readonly stream?: {
    readonly effects: readonly StreamEffectKind[];
    /** Effects go through the provider, or through the wire on one of these links. */
    readonly links?: readonly string[];
  };
  readonly client?: { readonly actions: readonly ClientAction[] };
  /** Bound of every fault. Default 2000 ms. */
  readonly revertAfterMs?: number;
}
