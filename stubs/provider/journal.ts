import { EventEmitter, once } from 'node:events';
import type { Writable } from 'node:stream';
import type { CallKind } from './directives.ts';

/** What a directive made the provider do to an answer, written down when it did it. `at` is epoch milliseconds. */
export type Disturbance = {
  readonly kind: string;
  readonly at: number;
  /** Of a broken answer: how many frames had gone before. */
  readonly afterFrames?: number;
  /** Of a refusal: what was sent. */
  readonly status?: number;
  /** Of a late first token: how long it was held back. */
  readonly waitedMs?: number;
};

/** A message of a request. Texts are bounded. */
export type SeenMessage = {
  readonly role: string;
  readonly text: string;
  /** Types of its parts, where the content is a list of them. */
  readonly parts?: readonly string[];
  readonly reasoning?: string;
  readonly toolCalls?: readonly {
    readonly id: string;
    readonly name: string;
    readonly arguments: string;
  }[];
  readonly toolCallId?: string;
};

/** What the provider saw and did for one upstream request. Times are epoch milliseconds. */
export type JournalEntry = {
  readonly id: string;
  readonly op: string | null;
  readonly kind: CallKind;
  readonly path: string;
  /** SHA-256 of the header `Authorization`, which tells keys apart without storing them; null without one. */
  readonly keySha256: string | null;
  readonly model: string;
  readonly stream: boolean;
  readonly arrivedAt: number;
  /** Text of the last user message, bounded. */
  readonly requestText: string;
  /** The latest messages, bounded in number and length. */
  readonly messages: readonly SeenMessage[];
  /** Names of the tools that the request offers, and which it has to use. */
  readonly tools: readonly string[];
  readonly toolChoice?: unknown;
  /** Scalar parameters of the request, such as `temperature`. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** JSON text of the objects and lists of the request, such as `response_format`; bounded. */
  readonly structures?: Readonly<Record<string, string>>;
  /** File parts of the request: name, and SHA-256 of the data. */
  readonly files?: readonly { readonly name: string; readonly sha256: string }[];
  /** SHA-256 of the URL (data or link) of every image in the request. */
  readonly imageSha256: readonly string[];
  readonly bodySha256: string;
  /** Tokens of the whole answer as it was meant. */
  readonly usage: { readonly promptTokens: number; readonly completionTokens: number };
  /** The answer tells its usage: a body always does, a stream when `stream_options.include_usage` asks for it. */
  readonly saysUsage: boolean;
  /** The whole answer as it was meant, bounded; what was sent of it is in `framesSent`. */
  answerText: string;
  status: number | null;
  /** Server-sent events handed to the socket, `[DONE]` included; 1 for a JSON body. */
  framesSent: number;
  /** The fault that a directive ordered, once it happened. */
  fault?: { readonly kind: string; readonly afterFrames: number; readonly at: number };
  /** All that directives made of this answer, breaking it or not. */
  disturbed?: readonly Disturbance[];
  /** The whole answer has been handed to the socket. */
  completedAt?: number;
  /** The other side closed before that. */
  hungUpAt?: number;
};

export type JournalEvent = 'arrived' | 'completed' | 'hungup' | 'fault';
export type JournalQuery = { readonly op?: string; readonly kind?: string; readonly sinceMs?: number };

const HAPPENED: Readonly<Record<JournalEvent, (entry: JournalEntry) => boolean>> = {
  arrived: () => true,
  completed: (entry) => entry.completedAt !== undefined,
  hungup: (entry) => entry.hungUpAt !== undefined,
  fault: (entry) => entry.fault !== undefined,
};

/** The latest `capacity` entries in order of arrival; every finished one also goes to `file` as a line of JSON. */
export class Journal {
  readonly #entries: JournalEntry[] = [];
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #capacity: number;
  readonly #file: Writable | undefined;

  constructor(capacity: number, file?: Writable) {
    this.#capacity = capacity;
    this.#file = file;
  }

  open(entry: JournalEntry): JournalEntry {
    this.#entries.push(entry);
    if (this.#entries.length > this.#capacity) this.#entries.shift();
    this.#changes.emit('change');
    return entry;
  }

  change(entry: JournalEntry, changes: Partial<JournalEntry>): void {
    Object.assign(entry, changes);
    this.#changes.emit('change');
  }

  /** Writes the entry to the file; called once, when nothing more will happen to it. */
  close(entry: JournalEntry): void {
    this.#file?.write(`${JSON.stringify(entry)}\n`);
  }

  find({ op, kind, sinceMs = 0 }: JournalQuery): readonly JournalEntry[] {
    return this.#entries.filter(
      (entry) =>
        (op === undefined || entry.op === op) &&
        (kind === undefined || entry.kind === kind) &&
        entry.arrivedAt >= sinceMs,
    );
  }

  /** The latest matching entry to which `event` has happened; `undefined` when `signal` fires first. */
  async wait(
    query: JournalQuery,
    event: JournalEvent,
    signal: AbortSignal,
  ): Promise<JournalEntry | undefined> {
    for (;;) {
      const entry = this.find(query).findLast(HAPPENED[event]);
      if (entry !== undefined || signal.aborted) return entry;
      await once(this.#changes, 'change', { signal }).catch(() => undefined);
    }
  }
}

export function isJournalEvent(text: unknown): text is JournalEvent {
  return typeof text === 'string' && Object.hasOwn(HAPPENED, text);
}
