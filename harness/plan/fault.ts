/** One planned disturbance. Every fault ends by itself, at the latest after `revertAfterMs`. */
export type Fault = WorkerFault | ServiceFault | LinkFault | StreamFault | ClientFault;

export const workerActions = ['stop', 'continue', 'term', 'kill'] as const;
export const serviceActions = ['restart', 'pause', 'disconnect', 'kill'] as const;
export const linkActions = ['lag', 'sever'] as const;
export const clientActions = ['abort', 'slow-read'] as const;
export const closings = ['fin', 'rst', 'silence'] as const;
export const streamEffects = [
  'cut',
  'end',
  'cut-in-character',
  'duplicate',
  'reorder',
  'malformed',
  'status',
  'slow-first-token',
  'slice',
  'delay',
  'throttle',
  'refuse',
  'half-open',
] as const;

export type WorkerAction = (typeof workerActions)[number];
export type ServiceAction = (typeof serviceActions)[number];
export type LinkAction = (typeof linkActions)[number];
export type ClientAction = (typeof clientActions)[number];
export type Closing = (typeof closings)[number];
export type StreamEffectKind = (typeof streamEffects)[number];

/** Of one operating-system process: the one with this number, from 1, or the one that serves an operation. */
export interface WorkerFault {
  readonly on: 'worker';
  readonly action: WorkerAction;
  readonly service: string;
  readonly worker: number | WorkerServing;
  readonly revertAfterMs: number;
}

/** A causal target: who that is depends on where the operation goes, not on how processes are numbered. */
export interface WorkerServing {
  /** An operation of the same phase, or of one before. */
  readonly serves: string;
  /**
   * The link on which the wire sees the operation, such as `gateway>baseline-cli`. Not needed at the workload's own service,
   * where the client knows who answers it.
   */
  readonly link?: string;
}

export interface ServiceFault {
  readonly on: 'service';
  readonly action: ServiceAction;
  readonly service: string;
  readonly revertAfterMs: number;
}

/**
 * Of a whole link of the wire, such as `gateway>postgres`: what services keep open between them is hit as well. With `lag` its
 * connections are not equally late, up to `delayMs` each way; with `sever` they break, and none comes about until the end.
 */
export type LinkFault = {
  readonly on: 'link';
  readonly link: string;
  readonly revertAfterMs: number;
} & ({ readonly action: 'lag'; readonly delayMs: number } | { readonly action: 'sever' });

/**
 * Of bytes on their way. `wire` hits a connection of `link` (such as `gateway>litellm`), `provider` the answer of the
 * scripted provider. Armed before any operation of its phase starts.
 */
export interface StreamFault {
  readonly on: 'stream';
  readonly through: 'wire' | 'provider';
  /** Only with `wire`: which link. */
  readonly link?: string;
  readonly target: StreamTarget;
  readonly effect: StreamEffect;
  readonly revertAfterMs: number;
}

/** The plan says who is hit: the connection that carries an operation, or the n-th (from 1) after arming. */
export type StreamTarget = { readonly operation: string } | { readonly connection: number };

/** Frames count from 1, in server-sent events of the answer; bytes count from the first of the answer. */
export type StreamEffect =
  | { readonly kind: 'cut'; readonly afterFrames: number; readonly by: Closing }
  | { readonly kind: 'cut'; readonly afterBytes: number; readonly by: Closing }
  /** The body ends well after the frame, but what says that the answer is whole never comes. */
  | { readonly kind: 'end'; readonly afterFrames: number }
  /** Ends inside a multi-byte character of the frame. */
  | { readonly kind: 'cut-in-character'; readonly frame: number; readonly by: Closing }
  /** The frame comes twice. */
  | { readonly kind: 'duplicate'; readonly frame: number }
  /** The frame comes after the one that follows it. */
  | { readonly kind: 'reorder'; readonly frame: number }
  /** The frame is not JSON. */
  | { readonly kind: 'malformed'; readonly frame: number }
  /** 429 or 5xx instead of an answer. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterS?: number }
  | { readonly kind: 'slow-first-token'; readonly delayMs: number }
  | { readonly kind: 'slice'; readonly bytes: number }
  | { readonly kind: 'delay'; readonly delayMs: number }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'half-open' };

/** Of the client that runs the operation. Armed before any operation of its phase starts. */
export type ClientFault =
  | {
      readonly on: 'client';
      readonly action: 'abort';
      readonly operation: string;
      /** 0 means before any frame, as soon as the request is sent. */
      readonly afterFrames: number;
      /** So long after that: before the first frame nothing else tells how far the operation has come. */
      readonly afterMs?: number;
    }
  | {
      readonly on: 'client';
      readonly action: 'slow-read';
      readonly operation: string;
      readonly bytesPerSecond: number;
    };

/** @param delayMs of a lag, each way */
export const linkFault = (
  link: string,
  action: LinkAction,
  revertAfterMs: number,
  delayMs: number,
): LinkFault => ({
  on: 'link',
  link,
  revertAfterMs,
  ...(action === 'lag' ? { action, delayMs } : { action }),
});
