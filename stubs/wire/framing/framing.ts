import type { Head } from './http-head.ts';

export type Part = 'head' | 'payload' | 'framing' | 'opaque';

/**
 * A run of bytes with its meaning: the head of a message, its payload, what only frames the payload (chunk sizes,
 * trailers), or bytes of an unknown protocol. All pieces together are the input, byte for byte.
 */
export interface Piece {
  readonly part: Part;
  readonly bytes: Buffer;
  /** These are the first bytes of a message. */
  readonly first: boolean;
  /** The message is complete with this piece. */
  readonly end: boolean;
  /** The head, with the piece that completes it. */
  readonly head: Head | undefined;
}

/** Follows the messages of one direction by looking on. */
export interface Framing {
  /** It does not follow any more: all further pieces are opaque. */
  readonly opaque: boolean;
  giveUp(): void;
  /** The first piece of some bytes. Ask again for the bytes after it, once it has been acted on. */
  next(rest: Buffer): Piece;
}

export function piece(
  part: Part,
  bytes: Buffer,
  first = false,
  end = false,
  head: Head | undefined = undefined,
): Piece {
  return { part, bytes, first, end, head };
}
