/** Which ids an operation may have; any other character ends one. */
export const operationPattern = '^[A-Za-z0-9._:~@/+-]{1,128}$';

/** An operation id in a stream; `end` is where it ends in the bytes just given. */
export interface OperationMark {
  readonly operation: string;
  readonly end: number;
}

/** Longest stretch that an id, each of its characters escaped, can cover. */
const windowBytes = 2 * 1024;

const lineBreak = Buffer.from('\n');
const none: readonly OperationMark[] = [];

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
  #tail = '\n';

  push(chunk: Buffer): readonly OperationMark[] {
    const before = this.#tail.length;
    // Latin 1 keeps one character for each byte.
    const text = this.#tail + chunk.toString('latin1');
    const from = Math.max(0, text.length - windowBytes);
    if (!text.includes('op')) {
      this.#tail = text.slice(from);
      return none;
    }
    const found: OperationMark[] = [];
    let seen = 0;
    mark.lastIndex = 0;
    for (let match = mark.exec(text); match !== null; match = mark.exec(text)) {
      seen = mark.lastIndex;
      const operation = unescaped(match[1] ?? '');
      if (operation !== undefined) found.push({ operation, end: Math.max(0, seen - before) });
    }
    this.#tail = text.slice(Math.max(from, seen));
    return found;
  }

  /** Says that the request is over, which ends an id too. */
  end(): readonly OperationMark[] {
    return this.#tail.includes('op')
      ? this.push(lineBreak).map(({ operation }) => ({ operation, end: 0 }))
      : none;
  }
}

function unescaped(text: string): string | undefined {
  const plain = !text.includes('\\')
    ? text
    : text.replace(/\\+u([0-9a-fA-F]{4})/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      );
  return /^[A-Za-z0-9._:~@/+-]{1,128}/.exec(plain)?.[0];
}
