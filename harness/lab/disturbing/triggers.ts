interface Awaited {
  readonly isReached: (frames: number) => boolean;
  readonly settle: (reached: boolean) => void;
}

/** Points in the operations of a run that faults wait for: so many frames, or the end. */
export class Triggers {
  readonly #awaited = new Map<string, Awaited[]>();
  /** Frames that the client of a streamed operation has seen. */
  readonly #frames = new Map<string, number>();
  readonly #ended = new Set<string>();
  #cancelled = false;

  /** True once the client of the operation has seen so many frames; false when it ended before. */
  frames(operation: string, afterFrames: number): Promise<boolean> {
    return this.#await(operation, (frames) => frames >= afterFrames);
  }

  /** Resolves when the operation has ended, however it did; false when the run is given up before. */
  async ended(operation: string): Promise<boolean> {
    await this.#await(operation, () => false);
    return this.#ended.has(operation);
  }

  /** Frames seen so far; undefined for operations that have not been sent. */
  seen(operation: string): number | undefined {
    return this.#frames.get(operation);
  }

  hasEnded(operation: string): boolean {
    return this.#ended.has(operation);
  }

  noteFrames(operation: string, count: number): void {
    // A second request of the operation begins anew; what its client has seen it has seen.
    if (count <= (this.#frames.get(operation) ?? -1)) return;
    this.#frames.set(operation, count);
    for (const { isReached, settle } of this.#awaited.get(operation) ?? [])
      if (isReached(count)) settle(true);
  }

  noteEnd(operation: string): void {
    this.#ended.add(operation);
    this.#settleAll(operation);
  }

  /** Nothing will be reached any more. */
  cancel(): void {
    this.#cancelled = true;
    for (const operation of this.#awaited.keys()) this.#settleAll(operation);
  }

  #settleAll(operation: string): void {
    for (const { settle } of this.#awaited.get(operation) ?? []) settle(false);
    this.#awaited.delete(operation);
  }

  #await(operation: string, isReached: Awaited['isReached']): Promise<boolean> {
    const frames = this.#frames.get(operation);
    if (frames !== undefined && isReached(frames)) return Promise.resolve(true);
    if (this.#cancelled || this.#ended.has(operation)) return Promise.resolve(false);
    return new Promise((settle) => {
      this.#awaited.set(operation, [...(this.#awaited.get(operation) ?? []), { isReached, settle }]);
    });
  }
}
