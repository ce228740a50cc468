import { createHash } from 'node:crypto';
import { gauntletError } from '../errors.ts';
import type { CheckChoice, CompletionEvent, FrameSeen, InvokeEvent } from '../history/events.ts';
import type { JsonRecord } from '../plan/json.ts';
import type { OperationStep, Plan } from '../plan/plan.ts';
import type { WorkloadShape } from '../plan/workload-shape.ts';

/** What operations mean on one kind of service, spoken through its public API only. One file per workload. */
export interface Workload {
  readonly name: string;
  /** The service of compose.yaml that it is about: the one that `--subject` replaces. */
  readonly service: string;
  /** One line for people. */
  readonly summary: string;
  /**
   * Operations, keys and faults that plans may have on this stack.
   * @param path number of a random plan, for a workload of many operations whose plans are each about a few: these meet more often
   */
  shape(stack: WorkloadStack, path?: number): WorkloadShape;
  /** Checkers that judge its histories; each says in docs/checkers.md what it needs. */
  checks(stack: WorkloadStack): readonly CheckChoice[];
  /**
   * The operation that reads a key, or those that do, if any does: every plan ends with one through each worker, when all is quiet, so
   * that nothing that was lost goes unseen.
   */
  readonly lastReads?: Readonly<Record<string, string | readonly string[]>>;
  /** Faults cost a second or more each, and many bugs show without: one plan in so many may have some. Default 5. */
  readonly faultsEvery?: number;
  /**
   * Keys that are one and the same object in every run, such as one limit for everybody: some checkers judge them over a whole
   * hunt as well.
   */
  readonly sharedKeys?: readonly string[];
  /** Links for the wire on a stack that is started for this workload, as far as it has them. */
  readonly links?: readonly string[];
  /**
   * Finds out once for a stack what a subject offers. Returns what it does not, a line each: from then on `shape` leaves that out.
   */
  explore?(run: Omit<PlanRun, 'plan'>): Promise<readonly string[]>;
  /** Makes what one run of a plan needs. Everything it makes is new, so that runs do not meet. */
  prepare(run: PlanRun): Promise<PreparedRun>;
}

/** What a workload may know of the stack. */
export interface WorkloadStack {
  /** Workers that can be told apart, by service; 1 where there is one or where they cannot be seen. */
  readonly workers: Readonly<Record<string, number>>;
  /** Services that are up. */
  has(service: string): boolean;
  url(service: string): string;
  /** Links that the wire stands on, such as `gateway>postgres`: streams can be hit there. */
  readonly links: readonly string[];
  /** A credential or setting of the run by its name in compose.yaml, such as LITELLM_MASTER_KEY. */
  setting(name: string): string | undefined;
}

export interface PlanRun {
  readonly plan: Plan;
  readonly stack: WorkloadStack;
  /** Of this run of the plan alone, for names that must not meet those of another run; the same when it is repeated. */
  readonly nonce: string;
  /** A UUID of this run by a name: another one in every run, the same when the run is repeated. */
  uuid(name: string): string;
  /** An unpinned client outside of the history, for preparing and cleaning up. */
  readonly client: Client;
}

/** One run of a plan, ready to go. */
export interface PreparedRun {
  /** What an operation means, told before it is sent. Written values must be unique: make them from `operation.id`. */
  meaning(operation: Operation): Meaning | readonly PartMeaning[];
  /**
   * Does it. What it throws ends the operation as unknown, except `notDone(why)`, which ends it as failed. Returns what
   * was seen.
   */
  perform(operation: Operation, client: Client): Promise<Completion>;
  /** What the keys of the history hold before the first operation, as far as that is known. */
  initial?(): JsonRecord;
  /** Removes what was made. */
  finish?(): Promise<void>;
}

export interface Operation {
  /** Unique across runs: it may travel in content. */
  readonly id: string;
  readonly step: OperationStep;
  readonly name: string;
  /** `args.key` of the step. */
  readonly key: string;
  /** To append to the text of a message: `[[op=…]]` with the directives of planned stream faults. */
  readonly mark: string;
}

export type Meaning = Pick<InvokeEvent, 'does'> &
  Partial<
    Pick<
      InvokeEvent,
      'key' | 'value' | 'from' | 'idempotencyKey' | 'account' | 'tenant' | 'marker' | 'expect' | 'args'
    >
  >;

/** What a part of a request means that works on several objects at once. Parts of one request have names of their own. */
export type PartMeaning = Meaning & { readonly part: string };

/** `parts`: what differs from the whole, by the name of the part. Values are of parts where a meaning has parts. */
export type Completion = Pick<
  CompletionEvent,
  'type' | 'value' | 'error' | 'status' | 'timedOut' | 'usage' | 'stream'
> & {
  readonly parts?: Readonly<Record<string, PartCompletion>>;
};

export type PartCompletion = Partial<Pick<CompletionEvent, 'type' | 'value' | 'error'>>;

/** The planned client of an operation: its own kept connections, to the planned worker if the plan names one. */
export interface Client {
  /** Any status is an answer. Throws when there was none. */
  request(request: ClientRequest): Promise<Answer>;
  /** Posts for a stream of server-sent events and reads it to its end, however it ends. */
  stream(request: StreamRequest): Promise<StreamAnswer>;
}

export interface ClientRequest {
  readonly path: string;
  /** Default: POST with a body or a text, else GET. */
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, in place of a body. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the service of the workload. */
  readonly service?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Throws when the body is not JSON. */
  json<T>(): T;
}

export interface StreamRequest extends ClientRequest {
  /** What an event means; undefined for one that means nothing. Default: `chatFrame`. */
  readonly frame?: (data: string, event: string | undefined, id?: string) => Frame | undefined;
  /** Aborts when the client has seen all that it wants of a stream without end: it hangs up then, as its own choice. */
  readonly enough?: AbortSignal;
}

/** A frame without its time. */
export type Frame = FrameSeen extends infer F ? (F extends FrameSeen ? Omit<F, 'at'> : never) : never;

export interface StreamAnswer extends Answer {
  readonly frames: readonly FrameSeen[];
  /** The body ended by itself, not by a broken connection or by the client. */
  readonly endedCleanly: boolean;
  /** The time of the operation was over before the body was; the frames are those that had come. */
  readonly timedOut?: true;
  /** When the client hung up, if the plan said so. */
  readonly abortedAt?: number;
}

/** An operation that surely had no effect: it was refused, or never sent. */
export class NotDone extends Error {
  override readonly name = 'NotDone';
}

export const notDone = (why: string): NotDone => new NotDone(why);

/**
 * Refusals that do not say that nothing happened: the request came too slowly (408), another one with its key may still be running
 * (409), it may be replayed (425), the client had gone (499).
 * Source: RFC 9110 §15.5, RFC 8470, draft-ietf-httpapi-idempotency-key.
 */
const mayHaveHappened: readonly number[] = [408, 409, 425, 499];

export interface Reading {
  /** 409 says here that nothing was done, such as for a value that has changed meanwhile. */
  readonly conflictIsRefusal?: boolean;
}

/**
 * The usual reading of a status: 2xx happened, 4xx was refused, except those that leave it open, anything else may have
 * happened. `value` is read only from 2xx.
 */
export function completionOf(
  answer: Answer,
  value?: () => Completion['value'],
  { conflictIsRefusal = false }: Reading = {},
): Completion {
  const { status } = answer;
  if (status >= 200 && status < 300) {
    const read = value?.();
    return read === undefined ? { type: 'ok', status } : { type: 'ok', value: read, status };
  }
  const error = `${status} ${answer.text.slice(0, 120)}`.trim();
  const isOpen = mayHaveHappened.includes(status) && !(status === 409 && conflictIsRefusal);
  return { type: status >= 400 && status < 500 && !isOpen ? 'fail' : 'unknown', error, status };
}

const shownCharacters = 300;

/** A request as people read it: `POST /notes`. */
export const requestText = ({ path, method, body }: ClientRequest): string =>
  `${method ?? (body === undefined ? 'GET' : 'POST')} ${path}`;

/** An answer as people read it: its status and how it begins. */
export const answerText = ({ status, text }: Pick<Answer, 'status' | 'text'>): string =>
  `${status} ${text.slice(0, shownCharacters)}`.trim();

/**
 * Asks for what a run cannot begin without.
 * @param isGranted which answers will do; 2xx unless said
 * @throws GauntletError GNT_SUBJECT_REFUSED, which shows the answer
 */
export async function demand(
  client: Client,
  request: ClientRequest,
  isGranted: (answer: Answer) => boolean = ({ status }) => status >= 200 && status < 300,
): Promise<Answer> {
  const answer = await client.request(request);
  if (isGranted(answer)) return answer;
  throw gauntletError('GNT_SUBJECT_REFUSED', requestText(request), answerText(answer));
}

/** A UUID (RFC 4122, version 8) that is the same for the same run and name: what is sharded by hash replays. */
export function uuidOf(nonce: string, name: string): string {
  const hex = createHash('sha256').update(`${nonce} ${name}`).digest('hex');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
