import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { Placeholders } from '../asking/placeholders.ts';
import type { End, HttpAnswer } from '../files/recording.ts';
import { pieceOf } from './piece.ts';

/** Fields of an answer that clients act on. All others are the day's or the connection's, or could hold a credential. */
const keptFields = [
  ...['content-type', 'content-encoding', 'retry-after', 'retry-after-ms', 'x-should-retry', 'allow'],
] as const;

interface Arrived {
  readonly bytes: Buffer;
  readonly atMs: number;
}

/** Notes an answer while it is passed on: head, pieces as they come, and how it ends. */
export class Tape {
  readonly #startedAt = performance.now();
  readonly #limitBytes: number;
  #status: number | undefined;
  #headers: IncomingHttpHeaders = {};
  #pieces: Arrived[] = [];
  #headAtMs = 0;
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** More came than is kept. */
  get isTooLong(): boolean {
    return this.#bytes > this.#limitBytes;
  }

  head(status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    this.#headAtMs = this.#now();
  }

  add(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.isTooLong) this.#pieces = [];
    else this.#pieces.push({ bytes, atMs: this.#now() });
  }

  /** Why no such answer is recorded: a page of HTML for an answer, packed bytes that are not said to be packed. */
  get refusal(): 'RECORDING_TOO_LARGE' | 'RECORDING_HTML' | 'RECORDING_UNDECLARED_GZIP' | undefined {
    if (this.isTooLong) return 'RECORDING_TOO_LARGE';
    const isGood = this.#status !== undefined && this.#status < 300;
    if (isGood && /^text\/html\b/i.test(this.#headers['content-type'] ?? '')) return 'RECORDING_HTML';
    if (this.#headers['content-encoding'] === undefined && isGzip(this.#first))
      return 'RECORDING_UNDECLARED_GZIP';
    return undefined;
  }

  answer(ended: End, placeholders: Placeholders): HttpAnswer {
    const kept = keptFields.flatMap((name) => {
      const value = this.#headers[name];
      return value === undefined ? [] : [[name, String(value)]];
    });
    const declared = this.#headers['content-length'];
    // How the network slices a body of known length is chance.
    const pieces = declared === undefined ? this.#pieces : this.#joined();
    return {
      ...(this.#status === undefined ? {} : { status: this.#status }),
      headers: Object.fromEntries(kept) as Record<string, string>,
      ...(declared === undefined
        ? {}
        : { length: ended === 'complete' ? (true as const) : Number(declared) }),
      body: pieces.map(({ bytes }) => pieceOf(bytes, placeholders)),
      ended,
      atMs: this.#status === undefined ? [] : [this.#headAtMs, ...pieces.map(({ atMs }) => atMs)],
    };
  }

  /** The body as text, unpacked, for the search for secrets. */
  get text(): string {
    const bytes = Buffer.concat(this.#pieces.map((piece) => piece.bytes));
    try {
      return (isGzip(bytes) ? gunzipSync(bytes) : bytes).toString();
    } catch {
      return bytes.toString('latin1');
    }
  }

  get #first(): Buffer {
    return this.#pieces[0]?.bytes ?? Buffer.alloc(0);
  }

  #joined(): readonly Arrived[] {
    if (this.#pieces.length === 0) return [];
    return [
      { bytes: Buffer.concat(this.#pieces.map(({ bytes }) => bytes)), atMs: this.#pieces.at(-1)?.atMs ?? 0 },
    ];
  }

  #now(): number {
    return Math.round(performance.now() - this.#startedAt);
  }
}

const isGzip = (bytes: Buffer) => bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
