/** One server-sent event with the blank line that ends it, or bytes that are none (comments, an unfinished rest). */
export interface Frame {
  readonly bytes: Buffer;
  /** It has a `data` field, so a client sees it as an event. */
  readonly data: boolean;
}

const frameLimitBytes = 1024 * 1024;
const lf = 10;
const cr = 13;

/** Cuts an event stream into frames, the same ones however it was sliced (HTML Standard §9.2: lines end by LF, CRLF or CR). */
export class EventFrames {
  #held: Buffer = Buffer.alloc(0);
  /** How far `#held` has been read; a line starts at `#line`. */
  #at = 0;
  #line = 0;
  #data = false;

  *push(chunk: Buffer): Generator<Frame, void, void> {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (this.#at < this.#held.length) {
      const byte = this.#held[this.#at];
      if (byte !== lf && byte !== cr) {
        this.#at += 1;
        continue;
      }
      // A CR may be half of a CRLF, so the byte after it decides where the line ends.
      if (byte === cr && this.#at + 1 === this.#held.length) break;
      const next = this.#at + (byte === cr && this.#held[this.#at + 1] === lf ? 2 : 1);
      const blank = this.#at === this.#line;
      if (isData(this.#held.subarray(this.#line, this.#at))) this.#data = true;
      this.#at = next;
      this.#line = next;
      if (blank) yield this.#take(next);
    }
    if (this.#held.length > frameLimitBytes) yield this.#take(this.#held.length);
  }

  /** The rest, when the stream is over. */
  *flush(): Generator<Frame, void, void> {
    if (this.#held.length === 0) return;
    const complete = this.#held.length === this.#line + 1 && this.#held[this.#line] === cr;
    const data = complete && this.#data;
    yield { ...this.#take(this.#held.length), data };
  }

  #take(end: number): Frame {
    const frame = { bytes: this.#held.subarray(0, end), data: this.#data };
    this.#held = this.#held.subarray(end);
    this.#at = 0;
    this.#line = 0;
    this.#data = false;
    return frame;
  }
}

function isData(line: Buffer): boolean {
  if (line.length < 4 || line.toString('latin1', 0, 4) !== 'data') return false;
  return line.length === 4 || line[4] === 58;
}

/** The frame with the first half of its data alone, which is no JSON. */
export function malformed(frame: Buffer): Buffer {
  const text = frame.toString('utf8');
  return Buffer.from(
    text.replace(/^(data:[ ]?)(.*)$/m, (_, field: string, value: string) => {
      const half = [...value].slice(0, value.length >> 1).join('');
      return `${field}${isJson(half) || half.trim() === '' ? `{${half}` : half}`;
    }),
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Where the first multi-byte character at or after `from` starts, -1 if there is none (RFC 3629: lead bytes C2 to F4). */
export function multiByteCharacter(bytes: Buffer, from = 0): number {
  for (let at = Math.max(0, from); at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0xc2 && byte <= 0xf4) return at;
  }
  return -1;
}
