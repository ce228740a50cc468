import type { RawFrame } from './client-frame.ts';

/** Frames that came while a turn ran, oldest first. It holds few: a client has no reason to send many ahead. */
export class FrameQueue {
  readonly #maxFrames: number;
  readonly #maxBytes: number;
  readonly #frames: RawFrame[] = [];
  #bytes = 0;
  #wake: (() => void) | undefined;

  constructor(maxFrames: number, maxBytes: number) {
    this.#maxFrames = maxFrames;
    this.#maxBytes = maxBytes;
  }

  /** False, and nothing kept, when there is no room. */
  push(frame: RawFrame): boolean {
    const bytes = this.#bytes + frame.data.length;
    if (this.#frames.length >= this.#maxFrames || bytes > this.#maxBytes) return false;
    this.#bytes = bytes;
    this.#frames.push(frame);
    this.#wake?.();
    return true;
  }

  /** The next frame; waits for one until the signal aborts, which is `undefined`, whatever waits by then. */
  async next(signal: AbortSignal): Promise<RawFrame | undefined> {
    while (!signal.aborted) {
      const frame = this.#frames.shift();
      if (frame !== undefined) {
        this.#bytes -= frame.data.length;
        return frame;
      }
      await new Promise<void>((resolve) => {
        const woken = () => {
          this.#wake = undefined;
          signal.removeEventListener('abort', woken);
          resolve();
        };
        this.#wake = woken;
        signal.addEventListener('abort', woken, { once: true });
      });
    }
    return undefined;
  }
}
