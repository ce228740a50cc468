const lf = 0x0a;
const cr = 0x0d;

/** A line outgrew the bound; the stream cannot be what it claims to be. */
export class LineTooLongError extends Error {}

/**
 * Splits a byte stream into lines at LF, CR or CRLF, whatever the borders of its chunks (WHATWG HTML §9.2.5).
 * It works on bytes, so a character cut in two by a chunk border is whole again in its line.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  #parts: Buffer[] = [];
  #partsBytes = 0;
  #afterCr = false;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Whether what was pushed ended with a whole line, after which nothing of its end can follow. */
  get isBetweenLines(): boolean {
    return this.#partsBytes === 0 && !this.#afterCr;
  }

  /** The lines that `chunk` completes, without their line ends. Throws {@link LineTooLongError}. */
  push(chunk: Buffer): Buffer[] {
    const lines: Buffer[] = [];
    let start = 0;
    let nextCr = chunk.indexOf(cr);
    let nextLf = chunk.indexOf(lf);
    while (nextCr !== -1 || nextLf !== -1) {
      const isCr = nextCr !== -1 && (nextLf === -1 || nextCr < nextLf);
      const end = isCr ? nextCr : nextLf;
      const secondHalfOfCrLf = !isCr && this.#afterCr && end === start && this.#partsBytes === 0;
      if (!secondHalfOfCrLf) lines.push(this.#take(chunk.subarray(start, end)));
      this.#afterCr = isCr;
      start = end + 1;
      if (isCr) nextCr = chunk.indexOf(cr, start);
      else nextLf = chunk.indexOf(lf, start);
    }
    if (start < chunk.length) {
      this.#keep(chunk.subarray(start));
      this.#afterCr = false;
    }
    return lines;
  }

  /** The unterminated rest at the end of the stream, if there is one. */
  rest(): Buffer | undefined {
    return this.#partsBytes === 0 ? undefined : this.#take(Buffer.alloc(0));
  }

  #keep(part: Buffer): void {
    this.#partsBytes += part.length;
    if (this.#partsBytes > this.#maxLineBytes) throw new LineTooLongError('a line is too long');
    this.#parts.push(part);
  }

  #take(last: Buffer): Buffer {
    if (this.#partsBytes === 0) return last;
    this.#keep(last);
    const line = Buffer.concat(this.#parts, this.#partsBytes);
    this.#parts = [];
    this.#partsBytes = 0;
    return line;
  }
}
