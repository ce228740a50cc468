const maxPending = 500;

/**
 * Writes events in their order, one write at a time; what comes meanwhile goes with the next one. `write` says whether there
 * is still something to write to; when it is not, or fails, `onLost` is called and the rest is dropped.
 */
export class EventAppender<Event> {
  readonly #write: (events: readonly Event[]) => Promise<boolean>;
  readonly #onLost: () => void;
  #pending: Event[] = [];
  #writing: Promise<void> | undefined;
  #isLost = false;

  constructor(write: (events: readonly Event[]) => Promise<boolean>, onLost: () => void) {
    this.#write = write;
    this.#onLost = onLost;
  }

  /** Events are missing: what follows must not be written either. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Resolves at once, or when there is room again. */
  async push(event: Event): Promise<void> {
    this.#pending.push(event);
    const writing = this.#start();
    if (this.#pending.length >= maxPending) await writing;
  }

  /** Resolves when all is written, or lost. */
  async flushed(): Promise<void> {
    while (this.#pending.length > 0 || this.#writing) await this.#start();
  }

  #start(): Promise<void> {
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #drain(): Promise<void> {
    // A turn of the loop later, so that what one chunk brings goes in one write.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const events = this.#pending;
      this.#pending = [];
      if (this.#isLost) continue;
      if (await this.#write(events).catch(() => false)) continue;
      this.#isLost = true;
      this.#onLost();
    }
  }
}
