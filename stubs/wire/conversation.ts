import type { Framing, Piece } from './framing/framing.ts';
import { HttpFraming } from './framing/http-framing.ts';
import { type OperationMark, OperationScanner } from './framing/operation-scanner.ts';
import { PostgresFraming } from './framing/postgres-framing.ts';

/** A piece with the exchange (request and its answer, from 1) that it belongs to. */
export interface Segment extends Piece {
  readonly exchange: number;
  /** Of an answer: the last operation id of its request, since a chat repeats earlier messages. */
  readonly operation: string | undefined;
  /** Of a request: the operation ids that end here. */
  readonly marks: readonly OperationMark[];
}

interface Exchange {
  method: string | undefined;
  operation: string | undefined;
}

const noMarks: readonly OperationMark[] = [];

/**
 * Pairs the requests and answers of one connection by looking on. HTTP/1.1 and PostgreSQL are paired exactly, pipelining
 * included; of other protocols an exchange is a turn: what the client says until the target has spoken, and the answer to it.
 */
export class Conversation {
  #requests: Framing = new HttpFraming('request');
  #answers: Framing = new HttpFraming('response', () => this.#open.get(this.#answering)?.method);
  readonly #open = new Map<number, Exchange>();
  #scanner = new OperationScanner();
  /** Number of the latest request. */
  #asking = 0;
  /** Number of the exchange whose answer comes next, or comes now. */
  #answering = 1;
  #targetSpoke = true;

  get exchanges(): number {
    return this.#asking;
  }

  fromClient(chunk: Buffer): readonly Segment[] {
    if (this.#asking === 0 && chunk[0] === 0) {
      // Only a PostgreSQL session begins with the length of its first message.
      this.#requests = new PostgresFraming('request');
      this.#answers = new PostgresFraming('response');
    }
    const segments: Segment[] = [];
    for (let at = 0; at < chunk.length; ) {
      const piece = this.#requests.next(at === 0 ? chunk : chunk.subarray(at));
      at += piece.bytes.length;
      segments.push(this.#asked(piece));
    }
    return segments;
  }

  fromTarget(chunk: Buffer): readonly Segment[] {
    const segments: Segment[] = [];
    for (let at = 0; at < chunk.length; ) {
      const piece = this.#answers.next(at === 0 ? chunk : chunk.subarray(at));
      at += piece.bytes.length;
      segments.push(this.#answered(piece));
    }
    return segments;
  }

  #asked({ part, bytes, first, end, head }: Piece): Segment {
    if (part === 'opaque') {
      this.#answers.giveUp();
      if (this.#targetSpoke) this.#ask();
      this.#targetSpoke = false;
    } else if (first) {
      this.#ask();
    }
    const exchange = this.#open.get(this.#asking);
    if (head !== undefined && exchange !== undefined) exchange.method = head.method;
    const marks = part === 'payload' || part === 'opaque' ? this.#scan(bytes, end) : noMarks;
    const operation = marks.at(-1)?.operation;
    if (exchange !== undefined && operation !== undefined) exchange.operation = operation;
    return { part, bytes, first, end, head, exchange: this.#asking, operation: undefined, marks };
  }

  #answered({ part, bytes, first, end, head }: Piece): Segment {
    if (part === 'opaque') {
      this.#targetSpoke = true;
      this.#answering = Math.max(1, this.#asking);
    }
    if (part === 'opaque' || (end && this.#answers.opaque)) this.#requests.giveUp();
    const exchange = this.#answering;
    const operation = this.#open.get(exchange)?.operation;
    const interim = head?.status !== undefined && head.status < 200 && head.status !== 101;
    if (end && !interim) {
      this.#open.delete(exchange);
      this.#answering = exchange + 1;
    }
    return { part, bytes, first, end, head, exchange, operation, marks: noMarks };
  }

  #ask(): void {
    this.#asking += 1;
    this.#scanner = new OperationScanner();
    // Nothing tells where an opaque answer ends but the next turn.
    if (this.#requests.opaque) this.#open.clear();
    this.#open.set(this.#asking, { method: undefined, operation: undefined });
  }

  #scan(bytes: Buffer, end: boolean): readonly OperationMark[] {
    const found = this.#scanner.push(bytes);
    if (!end) return found;
    const last = this.#scanner.end();
    return last.length === 0 ? found : [...found, ...last];
  }
}
