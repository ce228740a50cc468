import type { Json } from '../../plan/json.ts';
import type {
  Action,
  CheckChoice,
  CompletionEvent,
  History,
  HistoryEvent,
  InvokeEvent,
  StreamSeen,
} from '../events.ts';
import type { JournalEntry } from '../journal.ts';

/** What an operation may say of itself beyond who does what. */
export type Asked = Partial<Omit<InvokeEvent, 'type' | 'op' | 'client' | 'process' | 'at' | 'name' | 'does'>>;

export interface Answered {
  readonly value?: Json;
  readonly worker?: number;
  readonly error?: string;
  readonly status?: number;
  readonly stream?: StreamSeen;
  readonly abortedAt?: number;
}

/** Puts a history together by hand, for tests and examples: its clock goes one millisecond with every event. */
export class Recording {
  readonly #events: HistoryEvent[] = [];
  readonly #checks: readonly CheckChoice[];
  #at = 1_000;
  #operations = 0;

  constructor(checks: readonly CheckChoice[] = []) {
    this.#checks = checks;
  }

  get now(): number {
    return this.#at;
  }

  get history(): History {
    const header = {
      type: 'header',
      version: 1,
      workload: 'example',
      planHash: '0',
      subject: 'example',
    } as const;
    return { header: { ...header, checks: this.#checks }, events: [...this.#events] };
  }

  wait(ms: number): this {
    this.#at += ms;
    return this;
  }

  /** Begins an operation; the answer is what ends it. Operations are called o1, o2 … in the order in which they begin. */
  begin(
    client: number,
    does: Action,
    asked: Asked = {},
  ): (type: CompletionEvent['type'], answer?: Answered) => void {
    this.#operations += 1;
    const common = { op: `o${this.#operations}`, client, process: client };
    this.#events.push({ type: 'invoke', ...common, at: this.#tick(), name: does, does, key: 'k', ...asked });
    return (type, { worker, ...answer } = {}) => {
      const seen = worker === undefined ? {} : { worker: { index: worker, pid: 100 + worker } };
      this.#events.push({ type, ...common, at: this.#tick(), ...seen, ...answer });
    };
  }

  /** An operation that ends well before anything else happens. */
  ok(client: number, does: Action, asked: Asked = {}, answer: Answered = {}): this {
    this.begin(client, does, asked)('ok', answer);
    return this;
  }

  fail(client: number, does: Action, asked: Asked = {}, answer: Answered = {}): this {
    this.begin(client, does, asked)('fail', answer);
    return this;
  }

  unknown(client: number, does: Action, asked: Asked = {}, answer: Answered = {}): this {
    this.begin(client, does, asked)('unknown', answer);
    return this;
  }

  #tick(): number {
    this.#at += 1;
    return this.#at;
  }
}

/** A streamed answer: texts, then `end` (the terminal event) unless it is null. */
export function streamOf(texts: readonly string[], end: 'done' | 'error' | null = 'done'): StreamSeen {
  const frames = texts.map((text, index) => ({ at: index, text }));
  const at = texts.length;
  if (end === null) return { frames, complete: false };
  const last = end === 'done' ? { at, done: true as const } : { at, error: 'upstream ended early' };
  return { frames: [...frames, last], complete: end === 'done' };
}

/** A call that the provider answered in full, or with what is given otherwise. */
export function callOf(op: string, given: Partial<JournalEntry> = {}): JournalEntry {
  const whole = { op, kind: 'chat', status: 200, requestText: '', answerText: 'one two', framesSent: 3 };
  return { ...whole, arrivedAt: 1_000, ...given };
}
