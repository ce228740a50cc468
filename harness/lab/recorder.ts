import { now } from '../faults/now.ts';
import type { CompletionEvent, FaultEvent, HistoryEvent, InvokeEvent } from '../history/events.ts';

type Unstamped<E> = Omit<E, 'at' | 'process'>;

const beginsWith = (event: HistoryEvent, op: string): boolean =>
  event.type === 'invoke' && (event.op === op || event.partOf === op);

/** Writes down what happens in a run, in order. */
export class Recorder {
  readonly events: HistoryEvent[] = [];
  readonly #clients: number;
  readonly #processes = new Map<number, number>();
  #last = 0;

  /** @param clients of the plan: an operation that ended unknown moves its client on by so many processes */
  constructor(clients: number) {
    this.#clients = Math.max(1, clients);
  }

  /** The beginning of one request, which has several events where it has parts. */
  invoke(parts: readonly Unstamped<InvokeEvent>[]): void {
    const at = this.#now();
    for (const event of parts) this.events.push({ ...event, process: this.#processOf(event.client), at });
  }

  /** The end of one request, with the parts in the order in which they began. */
  complete(parts: readonly Unstamped<CompletionEvent>[]): void {
    const at = this.#now();
    const [first] = parts;
    if (!first) return;
    const process = this.#processOf(first.client);
    for (const event of parts) this.events.push({ ...event, process, at });
    // As in Jepsen: an operation that may still go on keeps its process.
    if (parts.some(({ type }) => type === 'unknown'))
      this.#processes.set(first.client, process + this.#clients);
  }

  /**
   * Puts a fault in at the moment at which it fired or was over, which is often told later.
   * @param happenedAt milliseconds since the epoch; now unless said
   * @param op an operation that it cannot come before: another clock may be a little behind
   */
  fault(event: Omit<FaultEvent, 'at' | 'type'>, happenedAt = now(), op?: string): void {
    const at = Math.min(happenedAt, now());
    const begun = op === undefined ? -1 : this.events.findIndex((other) => beginsWith(other, op));
    const after =
      Math.max(
        begun,
        this.events.findLastIndex((other) => other.at <= at),
      ) + 1;
    const before = this.events[after - 1]?.at ?? at;
    this.events.splice(after, 0, { type: 'fault', ...event, at: Math.max(at, before) });
  }

  #processOf(client: number): number {
    return this.#processes.get(client) ?? client;
  }

  #now(): number {
    this.#last = Math.max(this.#last, now());
    return this.#last;
  }
}
