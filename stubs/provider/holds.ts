import { EventEmitter, once } from 'node:events';

/** Nobody waits longer for a client that never says that it has read. */
const HOLD_LIMIT_MS = 60_000;
const CAPACITY = 10_000;

/** Answers that wait until somebody who has seen enough of them lets them go on. */
export class Holds {
  readonly #released = new Set<string>();
  readonly #changes = new EventEmitter().setMaxListeners(0);

  /** Lets every answer of an operation go on, those to come as well. */
  release(op: string): void {
    this.#released.add(op);
    const [oldest] = this.#released;
    if (this.#released.size > CAPACITY && oldest !== undefined) this.#released.delete(oldest);
    this.#changes.emit(op);
  }

  /** Resolves when the operation is released, when its client is gone, or after a minute. */
  async wait(op: string, gone: AbortSignal): Promise<void> {
    if (this.#released.has(op)) return;
    const signal = AbortSignal.any([gone, AbortSignal.timeout(HOLD_LIMIT_MS)]);
    if (!signal.aborted) await once(this.#changes, op, { signal }).catch(() => undefined);
  }
}
