import { now } from '../../faults/now.ts';
import type { CompletionEvent, FaultEvent, HistoryEvent, InvokeEvent } from '../../history/events.ts';

type Unstamped<E> = Omit<E, 'at'>;

const beginsWith = (event: HistoryEvent, op: string): boolean =>
  event.type === 'invoke' && (event.op === op || event.partOf === op);

/** Writes down what happens in a run, in order. */
export class Recorder {
  readonly events: HistoryEvent[] = [];
  #last = 0;

  /** The beginning of one request, which has several events where it has parts. */
  invoke(parts: readonly Unstamped<InvokeEvent>[]): void {
    const at = this.#now();
    for (const event of parts) this.events.push({ ...event, at });
  }

  /** The end of one request, with the parts in the order in which they began. */
  complete(parts: readonly Unstamped<CompletionEvent>[]): void {
    const at = this.#now();
    for (const event of parts) this.events.push({ ...event, at });
  }

  /**
   * Puts a fault in at the moment at which it fired or was over, which is often told later.
   * @param happenedAt milliseconds since the epoch; now unless said
   * @param op an operation that it cannot come before: another clock may be a little behind
   */
  fault(event: Omit<FaultEvent, 'at' | 'type'>, happenedAt = now(), op?: string): void {
    const at = Math.min(happenedAt, now());
    const begun = op === undefined ? -1 : this.events.findIndex((other) => beginsWith(other, op));
    // What is over has fired: clocks that are apart by a part of a millisecond must not turn them round.
    const fired = this.events.findIndex((other) => other.type === 'fault' && other.id === event.id);
    const after =
      Math.max(
        begun,
        fired,
        this.events.findLastIndex((other) => other.at <= at),
      ) + 1;
    const before = this.events[after - 1]?.at ?? at;
    this.events.splice(after, 0, { type: 'fault', ...event, at: Math.max(at, before) });
  }

  #now(): number {
    this.#last = Math.max(this.#last, now());
    return this.#last;
  }
}
