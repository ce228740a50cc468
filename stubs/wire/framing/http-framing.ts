import { type Framing, type Piece, piece } from './framing.ts';
import { type BodyLength, bodyLength, Head } from './http-head.ts';

const headLimitBytes = 64 * 1024;
const lineLimitBytes = 8 * 1024;
const none = Buffer.alloc(0);
const lf = 10;
const cr = 13;

type State =
  | 'head'
  | 'sized'
  | 'until-close'
  | 'chunk-size'
  | 'chunk-data'
  | 'chunk-end'
  | 'trailer'
  | 'opaque';

/** Follows the HTTP/1.x messages of one direction without changing a byte; gives up on anything else (`opaque`). */
export class HttpFraming implements Framing {
  readonly #kind: 'request' | 'response';
  readonly #requestMethod: () => string | undefined;
  #state: State = 'head';
  /** What has come of an unfinished head or line. */
  #held: Buffer = none;
  #left = 0;

  constructor(kind: 'request' | 'response', requestMethod: () => string | undefined = () => undefined) {
    this.#kind = kind;
    this.#requestMethod = requestMethod;
  }

  get opaque(): boolean {
    return this.#state === 'opaque';
  }

  giveUp(): void {
    this.#state = 'opaque';
    this.#held = none;
  }

  next(rest: Buffer): Piece {
    switch (this.#state) {
      case 'head':
        return this.#inHead(rest);
      case 'chunk-size':
      case 'chunk-end':
      case 'trailer':
        return this.#inLine(rest);
      case 'sized':
      case 'chunk-data':
        return this.#inBody(rest);
      case 'until-close':
        return piece('payload', rest);
      case 'opaque':
        return piece('opaque', rest);
    }
  }

  #inHead(rest: Buffer): Piece {
    const before = this.#held.length;
    const held = before === 0 ? rest : Buffer.concat([this.#held, rest]);
    const at = held.indexOf('\r\n\r\n', Math.max(0, before - 3));
    if (at < 0) {
      if (!this.#plausible(held) || held.length > headLimitBytes) return this.#lost(rest);
      this.#held = held;
      return piece('head', rest, before === 0);
    }
    const head = Head.parse(this.#kind, held.subarray(0, at + 4));
    const length = head === undefined ? 'unknown' : bodyLength(head, this.#requestMethod());
    if (head === undefined || length === 'unknown') return this.#lost(rest);
    this.#held = none;
    return piece('head', rest.subarray(0, at + 4 - before), before === 0, this.#begin(length), head);
  }

  /** Whether an incomplete head may become one: a method or `HTTP/1.` first. */
  #plausible(held: Buffer): boolean {
    const start = held.toString('latin1', 0, 12);
    if (this.#kind === 'request') return /^[A-Z]{1,12}( |$)/.test(start);
    return 'HTTP/1.'.startsWith(start.slice(0, 7));
  }

  /** Starts on the body; true when there is none. */
  #begin(length: Exclude<BodyLength, 'unknown'>): boolean {
    if (length === 0 || length === 'tunnel') {
      this.#state = length === 0 ? 'head' : 'opaque';
      return true;
    }
    this.#state = length === 'chunked' ? 'chunk-size' : length === 'until-close' ? length : 'sized';
    this.#left = typeof length === 'number' ? length : 0;
    return false;
  }

  #inBody(rest: Buffer): Piece {
    const bytes = rest.length <= this.#left ? rest : rest.subarray(0, this.#left);
    this.#left -= bytes.length;
    if (this.#left > 0) return piece('payload', bytes);
    const sized = this.#state === 'sized';
    this.#state = sized ? 'head' : 'chunk-end';
    return piece('payload', bytes, false, sized);
  }

  #inLine(rest: Buffer): Piece {
    const newline = rest.indexOf(lf);
    const bytes = newline < 0 ? rest : rest.subarray(0, newline + 1);
    const line = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    if (line.length > lineLimitBytes) return this.#lost(bytes);
    this.#held = newline < 0 ? line : none;
    if (newline < 0) return piece('framing', bytes);
    if (this.#state === 'trailer') {
      const end = line.length === 1 || (line.length === 2 && line[0] === cr);
      if (end) this.#state = 'head';
      return piece('framing', bytes, false, end);
    }
    if (this.#state === 'chunk-end') {
      this.#state = 'chunk-size';
      return piece('framing', bytes);
    }
    this.#left = chunkSize(line);
    if (this.#left < 0) return this.#lost(bytes);
    this.#state = this.#left > 0 ? 'chunk-data' : 'trailer';
    return piece('framing', bytes);
  }

  #lost(bytes: Buffer): Piece {
    this.giveUp();
    return piece('opaque', bytes);
  }
}

/** The size that a line begins with, hexadecimal (RFC 9112 §7.1); -1 if it is none. */
function chunkSize(line: Buffer): number {
  let size = 0;
  for (let at = 0; at < line.length; at += 1) {
    const byte = line[at] ?? 0;
    const digit =
      byte >= 48 && byte <= 57 ? byte - 48 : (byte | 32) >= 97 && (byte | 32) <= 102 ? (byte | 32) - 87 : -1;
    if (digit >= 0 && at < 12) size = size * 16 + digit;
    else return at > 0 && digit < 0 && ' \t;\r\n'.includes(String.fromCharCode(byte)) ? size : -1;
  }
  return -1;
}
