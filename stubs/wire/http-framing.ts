import { type BodyLength, bodyLength, type Head, parseHead } from './http-head.ts';

/**
 * A run of bytes with its meaning: the head of a message, its payload, what only frames the payload (chunk sizes,
 * trailers), or bytes of another protocol. All pieces together are the input, byte for byte.
 */
export interface Piece {
  readonly part: 'head' | 'payload' | 'framing' | 'opaque';
  readonly bytes: Buffer;
  /** These are the first bytes of a message. */
  readonly first?: true;
  /** The head, with the piece that completes it. */
  readonly head?: Head;
  /** The message is complete with this piece. */
  readonly end?: true;
}

const headLimitBytes = 64 * 1024;
const lineLimitBytes = 8 * 1024;

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
export class HttpFraming {
  readonly #kind: 'request' | 'response';
  readonly #requestMethod: () => string | undefined;
  #state: State = 'head';
  #held: Buffer = Buffer.alloc(0);
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
  }

  /** Pieces come one by one, so that the caller can act on a head before what follows it is read. */
  *push(chunk: Buffer): Generator<Piece, void, void> {
    let at = 0;
    while (at < chunk.length) {
      const piece = this.#next(at === 0 ? chunk : chunk.subarray(at));
      at += piece.bytes.length;
      yield piece;
    }
  }

  #next(rest: Buffer): Piece {
    switch (this.#state) {
      case 'head':
        return this.#inHead(rest);
      case 'chunk-size':
      case 'chunk-end':
      case 'trailer':
        return this.#inLine(rest);
      case 'sized':
      case 'chunk-data': {
        const bytes = rest.subarray(0, this.#left);
        this.#left -= bytes.length;
        if (this.#left > 0) return { part: 'payload', bytes };
        if (this.#state === 'sized') return { part: 'payload', bytes, ...this.#ended() };
        this.#state = 'chunk-end';
        return { part: 'payload', bytes };
      }
      case 'until-close':
        return { part: 'payload', bytes: rest };
      case 'opaque':
        return { part: 'opaque', bytes: rest };
    }
  }

  #inHead(rest: Buffer): Piece {
    const before = this.#held.length;
    const first = before === 0 ? ({ first: true } as const) : {};
    const held = before === 0 ? rest : Buffer.concat([this.#held, rest]);
    const at = held.indexOf('\r\n\r\n', Math.max(0, before - 3));
    if (at < 0) {
      if (!this.#plausible(held) || held.length > headLimitBytes) return this.#lost(rest);
      this.#held = held;
      return { part: 'head', bytes: rest, ...first };
    }
    const head = parseHead(this.#kind, held.subarray(0, at + 4));
    const length = head === undefined ? 'unknown' : bodyLength(head, this.#requestMethod());
    if (head === undefined || length === 'unknown') return this.#lost(rest);
    this.#held = Buffer.alloc(0);
    const bytes = rest.subarray(0, at + 4 - before);
    return { part: 'head', bytes, ...first, head, ...this.#begin(length) };
  }

  /** Whether an incomplete head may become one: a method or `HTTP/1.` first. */
  #plausible(held: Buffer): boolean {
    const start = held.toString('latin1', 0, 12);
    return this.#kind === 'request'
      ? /^[A-Z]{1,12}( |$)/.test(start)
      : 'HTTP/1.'.startsWith(start.slice(0, 7)) || start.startsWith('HTTP/1.');
  }

  #begin(length: Exclude<BodyLength, 'unknown'>): { readonly end?: true } {
    if (length === 0) return this.#ended();
    if (length === 'tunnel') {
      this.#state = 'opaque';
      return { end: true };
    }
    this.#state = length === 'chunked' ? 'chunk-size' : length === 'until-close' ? length : 'sized';
    this.#left = typeof length === 'number' ? length : 0;
    return {};
  }

  #inLine(rest: Buffer): Piece {
    const newline = rest.indexOf(10);
    const bytes = newline < 0 ? rest : rest.subarray(0, newline + 1);
    this.#held = Buffer.concat([this.#held, bytes]);
    if (this.#held.length > lineLimitBytes) return this.#lost(bytes);
    if (newline < 0) return { part: 'framing', bytes };
    const line = this.#held.toString('latin1').trim();
    this.#held = Buffer.alloc(0);
    if (this.#state === 'trailer') return { part: 'framing', bytes, ...(line === '' ? this.#ended() : {}) };
    if (this.#state === 'chunk-end') {
      this.#state = 'chunk-size';
      return { part: 'framing', bytes };
    }
    const size = /^([0-9a-fA-F]{1,12})\s*(?:;.*)?$/.exec(line)?.[1];
    if (size === undefined) return this.#lost(bytes);
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left > 0 ? 'chunk-data' : 'trailer';
    return { part: 'framing', bytes };
  }

  #ended(): { readonly end: true } {
    this.#state = 'head';
    return { end: true };
  }

  #lost(bytes: Buffer): Piece {
    this.#state = 'opaque';
    this.#held = Buffer.alloc(0);
    return { part: 'opaque', bytes };
  }
}
