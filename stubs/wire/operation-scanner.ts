/** Which ids an operation may have; any other character ends one. */
export const operationPattern = '^[A-Za-z0-9._:~@/+-]{1,128}$';

/** An operation id in a stream; `end` is where it ends in the bytes just given. */
export interface OperationMark {
  readonly operation: string;
  readonly end: number;
}

/** Longest stretch that an id, each of its characters escaped, can cover. */
const windowBytes = 2 * 1024;

// `op` at the start of a word; what stands before may be an escaped white space (`\n`) or character.
const start = String.raw`(?:[^A-Za-z0-9_.\\-]|\\[nrtbf"/]|\\u[0-9a-fA-F]{4})op`;
// Serializers of some languages write `=` and more as JSON escapes, texts inside texts with several backslashes.
const equals = String.raw`(?:=|\\+u003[dD])`;
const id = String.raw`((?:[A-Za-z0-9._:~@/+-]|\\+u00[2-7][0-9a-fA-F])+)`;
// The end must be seen: a backslash decides only with what follows it.
const end = String.raw`(?=[^A-Za-z0-9._:~@/+\\-]|\\+(?:[^u\\]|u(?!00[2-7][0-9a-fA-F])[\s\S]{4}))`;
const mark = new RegExp(start + equals + id + end, 'g');

/** Finds the operation ids in the payload of one request, however it is cut into chunks. */
export class OperationScanner {
  // A line break stands for the start of the stream.
  #tail = Buffer.from('\n');

  push(chunk: Buffer): readonly OperationMark[] {
    if (!this.#mayHold(chunk)) {
      this.#keep(chunk, 0);
      return [];
    }
    const before = this.#tail.length;
    const text = this.#tail.toString('latin1') + chunk.toString('latin1');
    const found: OperationMark[] = [];
    let seen = 0;
    for (const match of text.matchAll(mark)) {
      seen = match.index + match[0].length;
      const operation = unescaped(match[1] ?? '');
      if (operation !== undefined) found.push({ operation, end: Math.max(0, seen - before) });
    }
    this.#keep(chunk, seen);
    return found;
  }

  /** Says that the request is over, which ends an id too. */
  end(): readonly OperationMark[] {
    return this.push(Buffer.from('\n')).map(({ operation }) => ({ operation, end: 0 }));
  }

  #mayHold(chunk: Buffer): boolean {
    if (chunk.includes('op') || this.#tail.includes('op')) return true;
    return this.#tail.at(-1) === 0x6f && chunk[0] === 0x70;
  }

  #keep(chunk: Buffer, from: number): void {
    const size = this.#tail.length + chunk.length;
    const start = Math.max(from, size - windowBytes);
    if (start >= this.#tail.length) this.#tail = Buffer.from(chunk.subarray(start - this.#tail.length));
    else this.#tail = Buffer.concat([this.#tail.subarray(start), chunk]);
  }
}

function unescaped(text: string): string | undefined {
  const plain = text.replace(/\\+u([0-9a-fA-F]{4})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return /^[A-Za-z0-9._:~@/+-]{1,128}/.exec(plain)?.[0];
}
