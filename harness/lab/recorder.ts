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

  invoke(event: Unstamped<InvokeEvent>): void {
    this.events.push({ ...event, process: this.#processOf(event.client), at: this.#now() });
  }

  complete(event: Unstamped<CompletionEvent>): void {
    const process = this.#processOf(event.client);
    this.events.push({ ...event, process, at: this.#now() });
    // As in Jepsen: an operation that may still go on keeps its process.
    if (event.type === 'unknown') this.#processes.set(event.client, process + this.#clients);
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
