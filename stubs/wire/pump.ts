import type { Socket } from 'node:net';
import type { LaneStep } from './lane.ts';

/** What a pump asks of its connection. */
export interface Guide {
  /** What to do with a chunk; `undefined`: pass it as it is. */
  plan(chunk: Buffer): Iterable<LaneStep> | undefined;
  /** What to do before the end is passed on. */
  end(): Iterable<LaneStep>;
  passed(bytes: number): void;
  stop(step: Extract<LaneStep, { do: 'stop' }>): void;
}

/**
 * Moves the bytes of one direction. It reads no further than the far side takes, so that nothing piles up here, and
 * passes the end of the stream as a half-close.
 */
export class Pump {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #guide: Guide;
  #state: 'open' | 'busy' | 'held' | 'discarding' = 'open';
  /** The near side has ended while a fault was at work on what it had sent. */
  #endIsDue = false;

  constructor(from: Socket, to: Socket, guide: Guide) {
    this.#from = from;
    this.#to = to;
    this.#guide = guide;
    from.on('data', (chunk: Buffer) => this.#take(chunk));
    from.on('end', () => {
      if (this.#state === 'open') this.#end();
      else this.#endIsDue = this.#state === 'busy';
    });
    to.on('drain', () => {
      if (this.#state === 'open') from.resume();
    });
  }

  /** Reads nothing more. */
  hold(): void {
    this.#state = 'held';
    this.#from.pause();
  }

  /** Reads on, and drops what comes. */
  discard(): void {
    this.#state = 'discarding';
    this.#from.resume();
  }

  #take(chunk: Buffer): void {
    if (this.#state === 'discarding') return;
    const steps = this.#guide.plan(chunk);
    if (steps !== undefined) void this.#perform(steps, () => this.#from.resume());
    else if (!this.#write(chunk)) this.#from.pause();
  }

  #end(): void {
    this.#endIsDue = false;
    void this.#perform(this.#guide.end(), () => this.#to.end());
  }

  #write(bytes: Buffer): boolean {
    this.#guide.passed(bytes.length);
    return this.#to.write(bytes);
  }

  /** Runs through without a break when no step waits and the far side takes all. */
  async #perform(steps: Iterable<LaneStep>, then: () => void): Promise<void> {
    this.#state = 'busy';
    this.#from.pause();
    for (const step of steps) {
      if (this.#to.destroyed) return;
      if (step.do === 'stop') {
        this.#guide.stop(step);
        return;
      }
      if (step.do === 'wait') await this.#pause(step.ms, step.until);
      else if (step.bytes.length > 0 && !this.#write(step.bytes)) await this.#drained();
      if (this.#state !== 'busy') return;
    }
    this.#state = 'open';
    then();
    // A paused socket reports its end all the same, and only once.
    if (this.#endIsDue) this.#end();
  }

  #drained(): Promise<void> {
    return this.#untilGoneOr((done) => {
      this.#to.once('drain', done);
      return () => this.#to.off('drain', done);
    });
  }

  #pause(ms: number, until: AbortSignal): Promise<void> {
    if (until.aborted) return Promise.resolve();
    return this.#untilGoneOr((done) => {
      const immediate = ms > 0 ? undefined : setImmediate(done);
      const timer = ms > 0 ? setTimeout(done, ms) : undefined;
      until.addEventListener('abort', done, { once: true });
      return () => {
        clearImmediate(immediate);
        clearTimeout(timer);
        until.removeEventListener('abort', done);
      };
    });
  }

  #untilGoneOr(start: (done: () => void) => () => void): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clear();
        this.#to.off('close', done);
        resolve();
      };
      const clear = start(done);
      this.#to.once('close', done);
    });
  }
}
