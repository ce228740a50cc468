import { inputOf } from './message-answer.ts';

/** Something the model says, in the order in which it began. */
export type Segment = Spoken | Call;

interface Spoken {
  readonly kind: 'text' | 'thinking';
  /** What has come and has not been sent on. */
  pending: string;
}

interface Call {
  readonly kind: 'tool';
  /** In the upstream's list of calls. */
  readonly index: number;
  id: string | undefined;
  name: string;
  pending: string;
  /** All arguments so far. */
  args: string;
}

/** Characters of a call's arguments, or of what waits for a call to end: no model's answer has more. */
const mostWaiting = 8 * 1024 * 1024;

/**
 * Puts what a model streams into blocks of which one at a time is open. Models may go on with an earlier call after a
 * later one has begun: then the later one waits until the earlier one's arguments are whole.
 */
export class BlockQueue {
  readonly #segments: Segment[] = [];
  /** Segments before this one are closed. */
  #at = 0;

  /** Adds text, which waits while a call before it is not whole. False for more than can wait. */
  say(kind: 'text' | 'thinking', text: unknown): boolean {
    if (typeof text !== 'string' || text === '') return true;
    const last = this.#segments.at(-1);
    if (last?.kind !== kind) return this.#segments.push({ kind, pending: text }) > 0;
    last.pending += text;
    return last.pending.length <= mostWaiting;
  }

  /**
   * Adds a piece of a call; the name may come in pieces, or again with each piece. False for what cannot be: more of a
   * call that was whole, or more than any call has.
   */
  call(index: number, piece: { id?: string; name?: string; args?: string }): boolean {
    const known = this.#segments.findIndex((segment) => segment.kind === 'tool' && segment.index === index);
    const at = known < 0 ? this.#segments.length : known;
    const begun: Call = { kind: 'tool', index, id: undefined, name: '', pending: '', args: '' };
    const call = (this.#segments[at] as Call | undefined) ?? begun;
    this.#segments[at] = call;
    call.id ??= piece.id || undefined;
    if (call.args === '' && piece.name && piece.name !== call.name) call.name += piece.name;
    const args = piece.args ?? '';
    if (at < this.#at) return args.trim() === '';
    call.args += args;
    call.pending += args;
    return call.args.length <= mostWaiting;
  }

  /** The segment that is open or may be opened next; undefined when there is none, or its name may still grow. */
  current(isOver: boolean): Segment | undefined {
    const segment = this.#segments[this.#at];
    if (segment?.kind !== 'tool') return segment;
    const isNamed = segment.name !== '' && (segment.args !== '' || this.#hasNext() || isOver);
    return isNamed ? segment : undefined;
  }

  /** Nothing can come to the current segment: the answer is over, or something else has begun and it lacks nothing. */
  isWhole(segment: Segment, isOver: boolean): boolean {
    return isOver || (this.#hasNext() && (segment.kind !== 'tool' || isObject(segment.args)));
  }

  /** Goes on to the next one. */
  close(): void {
    this.#at += 1;
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  get calls(): readonly Call[] {
    return this.#segments.filter((segment) => segment.kind === 'tool');
  }

  #hasNext(): boolean {
    return this.#at + 1 < this.#segments.length;
  }
}

/** Whether a call's arguments are whole. Only what ends like an object is parsed: this is asked with each piece. */
export const isObject = (args: string): boolean =>
  args.trimEnd().endsWith('}') && inputOf(args, false) !== undefined;
