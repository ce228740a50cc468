import type { NewId, OutputItem, ResponseEvent } from './response-event.ts';

/** Numbers the events and the items of one response. What it has written is taken by whoever sends it. */
export class OutputWriter {
  readonly newId: NewId;
  /** Files that were found for the answer, id and name: text that names one by its id cites it. */
  readonly foundFiles = new Map<string, string>();
  readonly #output: OutputItem[] = [];
  #events: ResponseEvent[] = [];
  #next = 0;

  constructor(newId: NewId) {
    this.newId = newId;
  }

  /** Items so far; one that has not ended stands there as it was added. */
  get output(): readonly OutputItem[] {
    return [...this.#output];
  }

  emit(type: string, fields: Readonly<Record<string, unknown>>): void {
    this.#events.push({ type, sequence_number: this.#next, ...fields });
    this.#next += 1;
  }

  /** Begins an item; the answer is its `output_index`. */
  add(item: OutputItem): number {
    const index = this.#output.length;
    this.#output.push(item);
    this.emit('response.output_item.added', { output_index: index, item });
    return index;
  }

  /** Ends an item with its final shape. */
  done(index: number, item: OutputItem): void {
    this.#output[index] = item;
    this.emit('response.output_item.done', { output_index: index, item });
  }

  take(): readonly ResponseEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
