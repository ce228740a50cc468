import type { Fault } from '../plan/fault.ts';
import type { Json, JsonRecord } from '../plan/json.ts';

export const historyVersion = 1;

/**
 * What an operation means, for the checkers, whatever the subject calls it.
 * register: write, read, cas, delete · set: add, remove, list, delete (all of it) · counter: increment, count (of things, so it
 * is never below 0) · sequence: append, list (in order), remove, delete (all of it) · snapshot: several keys read in one answer,
 * a record of key → what is there · queue: enqueue (a job, or a list of jobs as
 * one batch), deliver (what a consumer got: a job, a list of jobs or null), finish ·
 * limit: request (ok = admitted, fail = refused), acquire and release (of a slot, or of the lease `key`) ·
 * upstream: call (one chat call upstream), usage (what an account is said to have used) ·
 * item of a collection (`value` names it; none = all of the key): create (the answer is its id), look and destroy (the answer
 * says whether it was there) · set too: walk (its pages one after the other; `args` say how), total (how many it says it has), insert
 * (drops the oldest beyond a cap) ·
 * task: start, status · other: no checker of state looks at it.
 */
export const actions = [
  'read',
  'write',
  'cas',
  'delete',
  'add',
  'remove',
  'list',
  'increment',
  'count',
  'append',
  'snapshot',
  'enqueue',
  'deliver',
  'finish',
  'request',
  'acquire',
  'release',
  'call',
  'usage',
  'start',
  'status',
  'create',
  'look',
  'destroy',
  'walk',
  'total',
  'insert',
  'other',
] as const;
export type Action = (typeof actions)[number];

/** First line of a history file: what is needed to judge it again without the workload. */
export interface HistoryHeader {
  readonly type: 'header';
  readonly version: typeof historyVersion;
  readonly workload: string;
  /** Hash of `serializePlan(plan)`, hexadecimal. */
  readonly planHash: string;
  /** What was under test: service, version, where it came from. */
  readonly subject: string;
  /** Checkers to run, with their options: `{ "checker": "limit", "limit": 60, … }`. */
  readonly checks: readonly CheckChoice[];
  /** Ids of the planned faults; each must be seen to fire. */
  readonly faults?: readonly string[];
  /**
   * What keys held before the first event, where that is known: the value of a register, the elements of a set or sequence, a
   * count. A key that is not named may have held anything.
   */
  readonly initial?: JsonRecord;
  /** With seed and path of the plan these make the names of the run: it can be repeated with the same ones. */
  readonly salt?: string;
  /** The n-th run of the plan, from 1. */
  readonly run?: number;
  /** The bound of one operation; what took longer ended unknown. */
  readonly timeoutMs?: number;
}

export type CheckChoice = { readonly checker: string } & JsonRecord;

/** The process that served an operation: `index` from 1 as in plans. */
export interface WorkerSeen {
  readonly index: number;
  readonly pid: number;
}

interface OperationEvent {
  /** The operation. Unique in the history, as all ids (those of faults too): counterexamples are lists of ids. */
  readonly op: string;
  readonly client: number;
  /** Older histories have it: nothing reads it any more. */
  readonly process?: number;
  /** Milliseconds since the epoch with a fraction, of one clock; never goes back within a history. */
  readonly at: number;
}

export interface InvokeEvent extends OperationEvent {
  readonly type: 'invoke';
  /** The workload's own word, for people. */
  readonly name: string;
  readonly does: Action;
  /** The object it works on; operations on different keys are independent. */
  readonly key: string;
  /** What is written, added, removed or counted; for cas the new value. */
  readonly value?: Json;
  /** For cas: the value it must replace. */
  readonly from?: Json;
  readonly args?: JsonRecord;
  /** Operations of one tenant on one object under one name with the same one must have one effect together. */
  readonly idempotencyKey?: string;
  /** Who pays: calls and `usage` of the same one belong together. */
  readonly account?: string;
  /** The operation that this is a part of, when one request works on several objects; parts have the same times. */
  readonly partOf?: string;
  readonly tenant?: string;
  /** A text that only this tenant may see. */
  readonly marker?: string;
  /** The whole text that the answer must have, where it is known before. */
  readonly expect?: string;
}

/**
 * ok: happened, as far as the answer says. fail: surely did not happen (refused). unknown: may have happened or may
 * still happen (time-out, connection lost, 5xx without a word). An operation without a completion is unknown.
 */
export interface CompletionEvent extends OperationEvent {
  readonly type: 'ok' | 'fail' | 'unknown';
  readonly worker?: WorkerSeen;
  /** What was read: value of a register (null = none), elements of a list, a count, a task's state, an answer's text. */
  readonly value?: Json;
  readonly error?: string;
  /** The HTTP status of the answer, where there was one. */
  readonly status?: number;
  /** The client gave up after its bound: no answer, or not the whole of it. */
  readonly timedOut?: true;
  /** Tokens that the answer says it took. */
  readonly usage?: Usage;
  readonly stream?: StreamSeen;
  /** When the client hung up, if it did. */
  readonly abortedAt?: number;
}

/** Tokens of a call. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** What a client saw of a streamed answer, in order. */
export interface StreamSeen {
  readonly frames: readonly FrameSeen[];
  /** The client was told, or had to conclude, that this is the whole answer. */
  readonly complete: boolean;
  /** The body came to the end that its framing announced; false for a broken one, absent where that cannot be told. */
  readonly endedCleanly?: boolean;
}

/** One frame: text, the terminal event (`[DONE]`, `response.completed`, `message_stop`) or an error event. */
export type FrameSeen =
  | { readonly at: number; readonly text: string }
  | { readonly at: number; readonly done: true }
  | { readonly at: number; readonly error: string };

export interface FaultEvent {
  readonly type: 'fault';
  readonly id: string;
  readonly at: number;
  readonly state: 'fired' | 'reverted';
  readonly fault: Fault;
  /** What shows that it fired: pids before and after, a journal entry, a counter of the wire. */
  readonly proof?: JsonRecord;
}

export type HistoryEvent = InvokeEvent | CompletionEvent | FaultEvent;

/** Events stand in the order in which they happened. */
export interface History {
  readonly header: HistoryHeader;
  readonly events: readonly HistoryEvent[];
}
