const requestLine = /^([A-Z]+) \S+ HTTP\/1\.[01]\r\n/;
const statusLine = /^HTTP\/1\.[01] (\d{3})(?: [^\r\n]*)?\r\n/;

/** The first line and the fields of an HTTP/1.x message. */
export class Head {
  readonly bytes: Buffer;
  /** Of a request. */
  readonly method: string | undefined;
  /** Of an answer. */
  readonly status: number | undefined;
  readonly #lower: string;

  private constructor(bytes: Buffer, text: string, method: string | undefined, status: number | undefined) {
    this.bytes = bytes;
    this.method = method;
    this.status = status;
    this.#lower = text.toLowerCase();
  }

  /** Reads a head, blank line included (RFC 9112 §2); `undefined` when it is none of HTTP/1.x. */
  static parse(kind: 'request' | 'response', bytes: Buffer): Head | undefined {
    const text = bytes.toString('latin1');
    const found = (kind === 'request' ? requestLine : statusLine).exec(text)?.[1];
    if (found === undefined) return undefined;
    return kind === 'request'
      ? new Head(bytes, text, found, undefined)
      : new Head(bytes, text, undefined, Number(found));
  }

  /** A field's value in lower case, repeated ones joined by commas. Most heads pass with two asked for, so none is kept. */
  field(name: string): string | undefined {
    let value: string | undefined;
    const start = `\r\n${name}:`;
    for (let at = this.#lower.indexOf(start); at >= 0; ) {
      const from = at + start.length;
      const end = this.#lower.indexOf('\r\n', from);
      const one = this.#lower.slice(from, end).trim();
      value = value === undefined ? one : `${value}, ${one}`;
      at = this.#lower.indexOf(start, end);
    }
    return value;
  }
}

export type BodyLength = number | 'chunked' | 'until-close' | 'tunnel' | 'unknown';

/** How long the body after a head is (RFC 9112 §6.3); `tunnel`: no more messages follow, only bytes. */
export function bodyLength(head: Head, requestMethod: string | undefined): BodyLength {
  const { status = 0 } = head;
  if (head.method === undefined) {
    if (status === 101 || (requestMethod === 'CONNECT' && status >= 200 && status < 300)) return 'tunnel';
    if (requestMethod === 'HEAD' || status < 200 || status === 204 || status === 304) return 0;
  }
  const coding = head.field('transfer-encoding');
  if (coding !== undefined) return coding === 'chunked' ? 'chunked' : 'unknown';
  const length = head.field('content-length');
  if (length !== undefined) return /^\d{1,15}$/.test(length) ? Number(length) : 'unknown';
  return head.method === undefined ? 'until-close' : 0;
}

export interface HeadChange {
  /** A chunked body instead of one of known length. */
  readonly chunked: boolean;
  /** No further message on this connection. */
  readonly closes: boolean;
}

/** The head with other framing; every other byte of it stays. */
export function changedHead(head: Head, { chunked, closes }: HeadChange): Buffer {
  if (!chunked && !closes) return head.bytes;
  const dropped = [...(chunked ? ['content-length'] : []), ...(closes ? ['connection', 'keep-alive'] : [])];
  const [first = '', ...lines] = head.bytes.toString('latin1').split('\r\n');
  const kept = lines.filter(
    (line) => !dropped.includes(line.slice(0, line.indexOf(':')).trim().toLowerCase()),
  );
  const added = [
    ...(chunked ? ['Transfer-Encoding: chunked'] : []),
    ...(closes ? ['Connection: close'] : []),
  ];
  return Buffer.from([first, ...added, ...kept].join('\r\n'), 'latin1');
}
