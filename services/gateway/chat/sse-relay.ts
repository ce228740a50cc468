import type { Usage } from '../../kit/chat-schema.ts';
import { LineSplitter, LineTooLongError } from './line-splitter.ts';

/** Why a stream is not complete; `code` goes into the error frame. */
export interface StreamFailure {
  readonly code: 'upstream_truncated' | 'upstream_timeout' | 'upstream_unreachable' | string;
  readonly message: string;
  readonly type?: string;
}

export type RelayOutcome =
  | { readonly kind: 'complete' }
  /** The upstream reported its own failure in a frame, which has been passed on. */
  | { readonly kind: 'upstream_error' }
  | { readonly kind: 'failed'; readonly failure: StreamFailure };

export interface RelayStep {
  /** Bytes for the client, whole frames only. */
  readonly out: Buffer;
  /** Set once, when nothing may follow. */
  readonly outcome?: RelayOutcome;
}

const maxEventBytes = 16 * 1024 * 1024;
const lineEnd = Buffer.from('\n');
const lf = 0x0a;
const cr = 0x0d;
const brace = 0x7b;
const bom = Buffer.from([0xef, 0xbb, 0xbf]);
const colon = 0x3a;
const space = 0x20;
const nothing = Buffer.alloc(0);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * What the relay of one chat completion stream does with the upstream's bytes: `data:` lines pass byte for byte,
 * comments pass, `event:`, `id:` and `retry:` lines are dropped, line ends become LF. A frame passes only when it is
 * whole and a JSON object. The stream is complete only if the upstream said `[DONE]`; every other end is one error
 * frame and no `[DONE]`.
 */
export class SseRelay {
  readonly #splitter = new LineSplitter(maxEventBytes);
  #event: Buffer[] = [];
  #eventBytes = 0;
  #atStart = true;
  #outcome: RelayOutcome | undefined;
  /** Frames passed on so far, `[DONE]` not counted. */
  frames = 0;
  /** What the stream has said of its tokens, unchecked. */
  usage: Usage | undefined;

  /** Takes the next bytes of the upstream, cut anywhere. */
  push(chunk: Buffer): RelayStep {
    if (this.#outcome) return { out: nothing };
    const plainBytes = this.#plainFrames(chunk);
    if (plainBytes === chunk.length || this.#outcome) return this.#step([chunk.subarray(0, plainBytes)]);
    const out: Buffer[] = plainBytes > 0 ? [chunk.subarray(0, plainBytes)] : [];
    try {
      for (const line of this.#splitter.push(chunk.subarray(plainBytes))) {
        this.#line(line, out);
        if (this.#outcome) break;
      }
    } catch (error) {
      if (!(error instanceof LineTooLongError)) throw error;
      this.#garbage(`a frame of more than ${maxEventBytes} bytes`, out);
    }
    return this.#step(out);
  }

  /** The upstream closed its stream in an orderly way. */
  end(): RelayStep {
    if (this.#outcome) return { out: nothing };
    const out: Buffer[] = [];
    const rest = this.#splitter.rest();
    if (rest && isDone(payloadOf(rest))) this.#line(rest, out);
    if (!this.#outcome) {
      this.#fail(
        { code: 'upstream_truncated', message: 'The upstream ended its stream before it was complete.' },
        out,
      );
    }
    return this.#step(out);
  }

  /** The upstream broke off (reset, timeout, shutdown): the stream ends with an error frame. */
  fail(failure: StreamFailure): RelayStep {
    if (this.#outcome) return { out: nothing };
    const out: Buffer[] = [];
    this.#fail(failure, out);
    return this.#step(out);
  }

  /**
   * How many bytes at the start of `chunk` are whole frames as nearly all upstreams write them, `data: {…}` LF LF, which
   * pass as they lie there. What is anything else, a mistake included, is left to the lines.
   */
  #plainFrames(chunk: Buffer): number {
    if (this.#event.length > 0 || !this.#splitter.isBetweenLines || chunk.includes(cr)) return 0;
    let start = 0;
    while (chunk[start + 6] === brace && chunk.toString('latin1', start, start + 6) === 'data: ') {
      const end = chunk.indexOf(lf, start + 6);
      if (end === -1 || chunk[end + 1] !== lf) break;
      const body = plainObjectOf(chunk.toString('utf8', start + 6, end));
      if (!body) break;
      start = end + 2;
      this.#atStart = false;
      this.#passed(body);
      if (body.error) {
        this.#outcome = { kind: 'upstream_error' };
        break;
      }
    }
    return start;
  }

  #line(raw: Buffer, out: Buffer[]): void {
    const line = this.#atStart && raw.subarray(0, 3).equals(bom) ? raw.subarray(3) : raw;
    this.#atStart = false;
    if (line.length === 0) {
      this.#dispatch(out);
      return;
    }
    if (line[0] === colon) {
      out.push(line, lineEnd, lineEnd);
      return;
    }
    const payload = payloadOf(line);
    if (payload) {
      if (this.#event.length === 0 && isDone(payload)) {
        out.push(line, lineEnd, lineEnd);
        this.#outcome = { kind: 'complete' };
        return;
      }
      this.#event.push(line);
      this.#eventBytes += line.length;
      if (this.#eventBytes > maxEventBytes) this.#garbage(`a frame of more than ${maxEventBytes} bytes`, out);
      return;
    }
    if (!/^(event|id|retry)(:|$)/.test(line.toString('latin1', 0, 8))) {
      this.#garbage('a line that is no server-sent event', out);
    }
  }

  #dispatch(out: Buffer[]): void {
    if (this.#event.length === 0) return;
    const lines = this.#event;
    this.#event = [];
    this.#eventBytes = 0;
    const body = objectOf(lines);
    if (!body) {
      this.#garbage('a frame that is not a JSON object', out);
      return;
    }
    for (const line of lines) out.push(line, lineEnd);
    out.push(lineEnd);
    this.#passed(body);
    if (body.error) this.#outcome = { kind: 'upstream_error' };
  }

  #passed({ usage }: Record<string, unknown>): void {
    this.frames += 1;
    if (usage) this.usage = usage as Usage;
  }

  #garbage(what: string, out: Buffer[]): void {
    this.#fail(
      { code: 'upstream_truncated', message: `The upstream sent ${what}; its stream ends here.` },
      out,
    );
  }

  #fail(failure: StreamFailure, out: Buffer[]): void {
    out.push(errorFrame(failure));
    this.#outcome = { kind: 'failed', failure };
  }

  #step(out: readonly Buffer[]): RelayStep {
    const [first = nothing] = out;
    const bytes = out.length > 1 ? Buffer.concat(out) : first;
    return this.#outcome ? { out: bytes, outcome: this.#outcome } : { out: bytes };
  }
}

/** An OpenAI error as one SSE frame. */
export function errorFrame({ message, code, type = 'server_error' }: StreamFailure): Buffer {
  return Buffer.from(`data: ${JSON.stringify({ error: { message, type, param: null, code } })}\n\n`);
}

/** The value of a `data` line without its one optional leading space; undefined for any other line. */
function payloadOf(line: Buffer): Buffer | undefined {
  if (line.toString('latin1', 0, 4) !== 'data') return undefined;
  if (line.length === 4) return nothing;
  if (line[4] !== colon) return undefined;
  return line.subarray(line[5] === space ? 6 : 5);
}

function isDone(payload: Buffer | undefined): boolean {
  return payload !== undefined && payload.length <= 16 && payload.toString('latin1').trim() === '[DONE]';
}

/** The object of a frame in one line; undefined also for bytes that were no UTF-8, which became U+FFFD. */
function plainObjectOf(text: string): Record<string, unknown> | undefined {
  if (text.includes('\uFFFD')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function objectOf(lines: readonly Buffer[]): Record<string, unknown> | undefined {
  try {
    const text = lines.map((line) => utf8.decode(payloadOf(line))).join('\n');
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
