import type { CompletionEvent, FaultEvent, HistoryEvent, InvokeEvent } from '../history/events.ts';
import { now } from './lab-client.ts';

type Unstamped<E> = Omit<E, 'at' | 'process'>;

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

  fault(event: Omit<FaultEvent, 'at' | 'type'>): void {
    this.events.push({ type: 'fault', ...event, at: this.#now() });
  }

  /** All events in the order in which they happened; a proof found afterwards stands where its fault was. */
  inOrder(): readonly HistoryEvent[] {
    return [...this.events].sort((a, b) => a.at - b.at);
  }

  #processOf(client: number): number {
    return this.#processes.get(client) ?? client;
  }

  #now(): number {
    this.#last = Math.max(this.#last, now());
    return this.#last;
  }
}
