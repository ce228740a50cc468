import type { Segment } from '../conversation.ts';
import { EventFrames, type Frame } from '../framing/event-frames.ts';
import { changedHead, type Head } from '../framing/http-head.ts';
import { type Effect, type Step, type Steps, write } from './effect.ts';

/** `end`: the body ends properly, though too early. */
export type FrameStep =
  | Exclude<Step, { do: 'stop' }>
  | { do: 'stop'; by: 'end' | 'fin' | 'rst' | 'silence' | 'half-open' };

/** What happens to the events of one stream. Frames with data count from 1; others pass. */
export interface FrameProgram {
  /** It ends a body properly, after which the client must not use the connection again. */
  readonly closes?: boolean;
  /** Before the first frame. */
  open(): Iterable<FrameStep>;
  edit(frame: Buffer, number: number): Iterable<FrameStep>;
  /** What is held back, when no frame follows. */
  flush(): Iterable<FrameStep>;
}

type Mode = 'idle' | 'raw' | 'plain' | 'chunked';

/**
 * Runs a program over the event streams among the answers, as text/event-stream without content coding. Such a body is
 * given chunks of its own, one for each write, so that the framing fits what is sent; anything else passes unchanged.
 */
export class FrameEffect implements Effect {
  readonly #program: FrameProgram;
  #mode: Mode = 'idle';
  #head: Buffer[] = [];
  #frames = new EventFrames();
  #count = 0;

  constructor(program: FrameProgram) {
    this.#program = program;
  }

  get frames(): number {
    return this.#count;
  }

  *take(segment: Segment): Steps {
    if (segment.part === 'head') yield* this.#inHead(segment);
    else if (this.#mode !== 'chunked' && this.#mode !== 'plain') yield* this.#pass(segment.bytes);
    else if (segment.part === 'payload') yield* this.#edit(this.#frames.push(segment.bytes));
    if (segment.end) yield* this.#close(this.#mode === 'chunked');
  }

  *flush(): Steps {
    yield* this.#pass();
    yield* this.#close(false);
  }

  /** Writes what was held of a head, then the bytes. */
  *#pass(...bytes: Buffer[]): Steps {
    const held = [...this.#head, ...bytes];
    this.#head = [];
    for (const piece of held) yield write(piece);
  }

  *#inHead({ bytes, head, end }: Segment): Steps {
    this.#head.push(bytes);
    if (head === undefined) return;
    this.#head = [];
    this.#mode = end ? 'raw' : modeOf(head);
    const chunked = this.#mode === 'chunked' && head.field('transfer-encoding') === undefined;
    const closes = this.#mode !== 'raw' && this.#program.closes === true;
    yield write(changedHead(head, { chunked, closes }));
    this.#frames = new EventFrames();
    if (this.#mode !== 'raw') yield* this.#framed(this.#program.open());
  }

  *#edit(frames: Iterable<Frame>): Steps {
    for (const { bytes, data } of frames) {
      if (!data) {
        yield write(this.#chunk(bytes));
        continue;
      }
      const number = this.#count + 1;
      yield* this.#framed(this.#program.edit(bytes, number), () => {
        this.#count = number;
      });
      this.#count = number;
    }
  }

  *#framed(steps: Iterable<FrameStep>, wrote: () => void = () => {}): Steps {
    for (const step of steps) {
      if (step.do === 'write') {
        yield write(this.#chunk(step.bytes));
        wrote();
      } else if (step.do === 'stop' && step.by === 'end') {
        if (this.#mode === 'chunked') yield write(Buffer.from('0\r\n\r\n'));
        yield { do: 'stop', by: 'fin' };
      } else {
        yield step as Step;
      }
    }
  }

  *#close(complete: boolean): Steps {
    if (this.#mode === 'chunked' || this.#mode === 'plain') {
      yield* this.#edit(this.#frames.flush());
      yield* this.#framed(this.#program.flush());
      if (complete) yield write(Buffer.from('0\r\n\r\n'));
    }
    this.#mode = 'idle';
  }

  #chunk(bytes: Buffer): Buffer {
    if (this.#mode !== 'chunked' || bytes.length === 0) return bytes;
    return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
  }
}

function modeOf(head: Head): Mode {
  const version = head.bytes.toString('latin1', 0, 8);
  const isStream = /^text\/event-stream\b/.test(head.field('content-type') ?? '');
  const coding = head.field('content-encoding') ?? 'identity';
  if (!isStream || coding !== 'identity' || version !== 'HTTP/1.1') return 'raw';
  const closed = head.field('transfer-encoding') === undefined && head.field('content-length') === undefined;
  return closed ? 'plain' : 'chunked';
}
