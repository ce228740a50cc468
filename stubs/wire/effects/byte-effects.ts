import type { Segment } from '../conversation.ts';
import { multiByteCharacter } from '../framing/event-frames.ts';
import { type Effect, type Ending, fire, type Live, type Steps, wait, write } from './effect.ts';

/** Effects that know bytes only: they work on any protocol and in both directions. */
abstract class ByteEffect implements Effect {
  readonly frames = 0;
  abstract take(segment: Segment): Steps;
  flush(): Steps {
    return [];
  }
}

export interface BytePosition {
  readonly afterBytes: number;
  /** Only the payload counts, not heads and chunk sizes. */
  readonly ofBody: boolean;
  /** Go on to the next multi-byte character, and end after its first byte. */
  readonly insideCharacter: boolean;
}

export class CutAfterBytes extends ByteEffect {
  readonly #position: BytePosition;
  readonly #by: Ending;
  readonly #live: Live;
  #left: number;

  constructor(position: BytePosition, by: Ending, live: Live) {
    super();
    this.#position = position;
    this.#by = by;
    this.#live = live;
    this.#left = position.afterBytes;
  }

  *take({ part, bytes }: Segment): Steps {
    const counts = !this.#position.ofBody || part === 'payload' || part === 'opaque';
    const at = counts && this.#live() ? this.#find(bytes) : -1;
    if (counts) this.#left = Math.max(0, this.#left - bytes.length);
    if (at < 0) {
      yield write(bytes);
      return;
    }
    if (at > 0) yield write(bytes.subarray(0, at));
    yield fire;
    yield { do: 'stop', by: this.#by };
  }

  #find(bytes: Buffer): number {
    if (!this.#position.insideCharacter) return this.#left <= bytes.length ? this.#left : -1;
    const start = multiByteCharacter(bytes, this.#left);
    return start < 0 ? -1 : start + 1;
  }
}

/** Writes of `size` bytes at most. */
export class Slice extends ByteEffect {
  readonly #size: number;
  readonly #pauseMs: number;
  readonly #live: Live;

  constructor(size: number, pauseMs: number, live: Live) {
    super();
    this.#size = size;
    this.#pauseMs = pauseMs;
    this.#live = live;
  }

  *take({ bytes }: Segment): Steps {
    for (let at = 0; at < bytes.length; ) {
      if (!this.#live()) {
        yield write(bytes.subarray(at));
        return;
      }
      yield fire;
      yield write(bytes.subarray(at, at + this.#size));
      yield wait(this.#pauseMs);
      at += this.#size;
    }
  }
}

const throttleTickMs = 20;

export class Throttle extends ByteEffect {
  readonly #bytesPerSecond: number;
  readonly #live: Live;

  constructor(bytesPerSecond: number, live: Live) {
    super();
    this.#bytesPerSecond = bytesPerSecond;
    this.#live = live;
  }

  *take({ bytes }: Segment): Steps {
    const size = Math.max(1, Math.floor((this.#bytesPerSecond * throttleTickMs) / 1000));
    for (let at = 0; at < bytes.length; ) {
      if (!this.#live()) {
        yield write(bytes.subarray(at));
        return;
      }
      yield fire;
      const piece = bytes.subarray(at, at + size);
      yield write(piece);
      yield wait((piece.length / this.#bytesPerSecond) * 1000);
      at += size;
    }
  }
}

/** Waits once, before the first byte. */
export class DelayFirstByte implements Effect {
  readonly #delayMs: number;
  readonly #live: Live;
  readonly #rest: Effect;
  #waited = false;

  /** @param rest what happens to the bytes after that */
  constructor(delayMs: number, live: Live, rest: Effect = new Unchanged()) {
    this.#delayMs = delayMs;
    this.#live = live;
    this.#rest = rest;
  }

  get frames(): number {
    return this.#rest.frames;
  }

  *take(segment: Segment): Steps {
    if (!this.#waited && this.#live()) {
      yield fire;
      yield wait(this.#delayMs);
    }
    this.#waited = true;
    yield* this.#rest.take(segment);
  }

  flush(): Steps {
    return this.#rest.flush();
  }
}

class Unchanged extends ByteEffect {
  *take({ bytes }: Segment): Steps {
    yield write(bytes);
  }
}
