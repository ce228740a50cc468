import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** Takes a text; false when the reader is gone. */
type Write = (bytes: string | Buffer) => Promise<boolean>;

/** Long enough for a reader to take what has come before the rest of a character does. */
const cutMs = 2;

/**
 * Writes a stream in pieces of so many bytes, which heed neither events nor characters; the last one may be shorter.
 * Each is a chunk of its own (RFC 9112, 7.1), and none is sent with the one before: a reader meets the cuts. Without a number
 * nothing is changed.
 */
export function inPieces(
  bytes: number | undefined,
  write: Write,
): { send: Write; flush: () => Promise<void> } {
  if (!bytes) return { send: write, flush: async () => undefined };
  let rest: Buffer = Buffer.alloc(0);
  return {
    send: async (text) => {
      rest = Buffer.concat([rest, Buffer.from(text)]);
      for (; rest.length >= bytes; rest = rest.subarray(bytes)) {
        if (!(await write(rest.subarray(0, bytes)))) return false;
        await (isInside(rest[bytes]) ? sleep(cutMs) : nextTurn());
      }
      return true;
    },
    flush: async () => {
      if (rest.length > 0) await write(rest);
      rest = Buffer.alloc(0);
    },
  };
}

/** Whether a character does not begin with this byte but goes on (RFC 3629). */
const isInside = (byte = 0): boolean => (byte & 0xc0) === 0x80;
