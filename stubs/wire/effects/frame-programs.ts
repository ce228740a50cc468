import { malformed, multiByteCharacter } from '../framing/event-frames.ts';
import { fire, type Live, wait, write } from './effect.ts';
import type { FrameProgram, FrameStep } from './frame-effect.ts';

export type FrameEnding = Extract<FrameStep, { do: 'stop' }>['by'];

const nothing = (): Iterable<FrameStep> => [];

/** Ends after `k` frames; 0 = right after the head. */
export function cutAfterFrames(k: number, by: FrameEnding, live: Live): FrameProgram {
  const stop = function* (): Iterable<FrameStep> {
    yield fire;
    yield { do: 'stop', by };
  };
  return {
    closes: by === 'end',
    open: () => (k === 0 && live() ? stop() : []),
    *edit(frame, number) {
      yield write(frame);
      if (number === k && live()) yield* stop();
    },
    flush: nothing,
  };
}

/** Ends inside the first multi-byte character of frame `k`, or of a later one when it has none. */
export function cutInCharacter(k: number, by: FrameEnding, live: Live): FrameProgram {
  return {
    open: nothing,
    *edit(frame, number) {
      const at = number >= k && live() ? multiByteCharacter(frame) : -1;
      if (at >= 0) yield fire;
      yield write(at < 0 ? frame : frame.subarray(0, at + 1));
      if (at >= 0) yield { do: 'stop', by };
    },
    flush: nothing,
  };
}

export function duplicate(k: number, live: Live): FrameProgram {
  return {
    open: nothing,
    *edit(frame, number) {
      yield write(frame);
      if (number !== k || !live()) return;
      yield fire;
      yield write(frame);
    },
    flush: nothing,
  };
}

/** Frame `k` comes after the one that follows it. */
export function reorder(k: number, live: Live): FrameProgram {
  let held: Buffer | undefined;
  return {
    open: nothing,
    *edit(frame, number) {
      if (number === k && live()) {
        held = frame;
        return;
      }
      if (held === undefined || live()) {
        if (held !== undefined) yield fire;
        yield write(frame);
        if (held !== undefined) yield write(held);
      } else {
        yield write(held);
        yield write(frame);
      }
      held = undefined;
    },
    *flush() {
      if (held !== undefined) yield write(held);
      held = undefined;
    },
  };
}

export function malform(k: number, live: Live): FrameProgram {
  return {
    open: nothing,
    *edit(frame, number) {
      const hit = number === k && live();
      if (hit) yield fire;
      yield write(hit ? malformed(frame) : frame);
    },
    flush: nothing,
  };
}

/** Waits before frame 1, or before every frame. */
export function delayFrames(delayMs: number, which: 'first' | 'every', live: Live): FrameProgram {
  return {
    open: nothing,
    *edit(frame, number) {
      if ((which === 'every' || number === 1) && live()) {
        yield fire;
        yield wait(delayMs);
      }
      yield write(frame);
    },
    flush: nothing,
  };
}
