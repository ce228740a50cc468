import { errors } from 'undici';

/** Where the pieces of a body come from, as far as their pace goes. */
export interface Pace {
  pause(): void;
  resume(): void;
}

/** Beyond this much that nobody has taken yet the sender is made to wait. */
const mostWaitingBytes = 16_384;
/** Beyond this much after what mattered the sender is hung up on. */
const mostDroppedBytes = 65_536;
/** How long a finished upstream may take to close its answer before its connection is given up. */
const graceMs = 1_000;

/**
 * The body of an answer, read by one reader: as pieces at the reader's pace, or whole. Leaving the pieces early hangs
 * nothing up; who has enough says so with {@link letEnd}, who wants no more with {@link destroy}.
 */
export class ArrivingBody implements AsyncIterable<Buffer>, AsyncIterator<Buffer, undefined> {
  readonly #pace: Pace;
  readonly #hangUp: (reason: Error) => void;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #paused = false;
  #ended = false;
  #error: Error | undefined;
  #dropped = false;
  #wake: (() => void) | undefined;
  #late: NodeJS.Timeout | undefined;

  constructor(pace: Pace, hangUp: (reason: Error) => void) {
    this.#pace = pace;
    this.#hangUp = hangUp;
  }

  /** Takes a piece from the connection. */
  push(chunk: Buffer): void {
    this.#waitingBytes += chunk.length;
    if (this.#dropped) {
      if (this.#waitingBytes > mostDroppedBytes) this.destroy();
      return;
    }
    this.#waiting.push(chunk);
    if (this.#waitingBytes > mostWaitingBytes) {
      this.#paused = true;
      this.#pace.pause();
    }
    this.#wake?.();
  }

  /** The connection has no more: the body is whole, or broken off by `error`. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    clearTimeout(this.#late);
    this.#wake?.();
  }

  /** Resolves when there is something to read or nothing will come. @throws why it broke off before */
  async begun(): Promise<void> {
    while (this.#waiting.length === 0 && !this.#ended) await this.#more();
    if (this.#waiting.length === 0 && this.#error !== undefined) throw this.#error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next piece; pieces that came before the body broke off are delivered first. @throws why it broke off */
  async next(): Promise<IteratorResult<Buffer, undefined>> {
    while (this.#waiting.length === 0 && !this.#ended) await this.#more();
    const value = this.#waiting.shift();
    if (value !== undefined) {
      this.#taken(value.length);
      return { value, done: false };
    }
    if (this.#error !== undefined) throw this.#error;
    return { value: undefined, done: true };
  }

  async return(): Promise<IteratorResult<Buffer, undefined>> {
    return { value: undefined, done: true };
  }

  /** The whole body. Beyond `maxBytes` it hangs up. @throws why it broke off; UND_ERR_RES_EXCEEDED_MAX_SIZE */
  async bytes(maxBytes: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let bytes = 0;
    for (let step = await this.next(); step.done !== true; step = await this.next()) {
      bytes += step.value.length;
      if (bytes > maxBytes) {
        this.destroy();
        throw new errors.ResponseExceededMaxSizeError('The answer is too large.');
      }
      pieces.push(step.value);
    }
    const [first] = pieces;
    return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces, bytes);
  }

  /** The whole body as UTF-8; see {@link bytes}. */
  async text(maxBytes: number): Promise<string> {
    return (await this.bytes(maxBytes)).toString('utf8');
  }

  /** Hangs up, unless all of it has come. Nothing of it can be read any more, and reading throws `reason`. */
  destroy(reason: Error = new errors.RequestAbortedError()): void {
    this.#drop();
    if (!this.#ended) this.#hangUp(reason);
  }

  /**
   * Lets the body end by itself after everything that mattered in it was read: its connection stays usable, and the
   * upstream sees no hang-up after a whole answer. What still comes is dropped; too much or too late is hung up on.
   */
  letEnd(): void {
    if (this.#ended) return;
    this.#drop();
    this.#late = setTimeout(() => this.destroy(), graceMs);
  }

  async #more(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  #drop(): void {
    this.#dropped = true;
    this.#waiting = [];
    this.#taken(this.#waitingBytes);
  }

  #taken(bytes: number): void {
    this.#waitingBytes -= bytes;
    if (!this.#paused || this.#waitingBytes > mostWaitingBytes / 2) return;
    this.#paused = false;
    this.#pace.resume();
  }
}
