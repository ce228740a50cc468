import { HttpFraming, type Piece } from './http-framing.ts';
import { type OperationMark, OperationScanner } from './operation-scanner.ts';

/** A piece with the exchange (request and its answer, from 1) that it belongs to. */
export interface Segment extends Piece {
  readonly exchange: number;
  /** Of an answer: the last operation id of its request, since a chat repeats earlier messages. */
  readonly operation?: string;
}

/** A piece of a request with the operation ids that end in it. */
export interface RequestSegment extends Segment {
  readonly marks: readonly OperationMark[];
}

interface Exchange {
  readonly method?: string;
  operation?: string;
}

/**
 * Pairs the requests and answers of one connection by looking on. HTTP/1.1 is paired exactly, pipelining included;
 * of other protocols an exchange is a turn: what the client says until the target has spoken, and the answer to it.
 */
export class Conversation {
  readonly #requests = new HttpFraming('request');
  readonly #answers = new HttpFraming('response', () => this.#open.get(this.#answering)?.method);
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

  *fromClient(chunk: Buffer): Generator<RequestSegment, void, void> {
    for (const piece of this.#requests.push(chunk)) {
      if (piece.part === 'opaque') {
        this.#answers.giveUp();
        if (this.#targetSpoke) this.#ask({});
        this.#targetSpoke = false;
      } else if (piece.first) {
        this.#ask({});
      }
      if (piece.head?.method) this.#open.set(this.#asking, { method: piece.head.method });
      yield { ...piece, exchange: this.#asking, marks: this.#marks(piece) };
    }
  }

  *fromTarget(chunk: Buffer): Generator<Segment, void, void> {
    for (const piece of this.#answers.push(chunk)) {
      if (this.#answers.opaque && !this.#requests.opaque) this.#requests.giveUp();
      if (piece.part === 'opaque') {
        this.#targetSpoke = true;
        this.#answering = Math.max(1, this.#asking);
      }
      const exchange = this.#answering;
      const operation = this.#open.get(exchange)?.operation;
      yield { ...piece, exchange, ...(operation === undefined ? {} : { operation }) };
      const interim = (piece.head?.status ?? 200) < 200;
      if (piece.end && !interim) {
        this.#open.delete(exchange);
        this.#answering = exchange + 1;
      }
    }
  }

  #ask(exchange: Exchange): void {
    this.#asking += 1;
    this.#scanner = new OperationScanner();
    this.#open.set(this.#asking, exchange);
    if (this.#requests.opaque)
      for (const old of this.#open.keys()) if (old < this.#asking) this.#open.delete(old);
  }

  #marks(piece: Piece): readonly OperationMark[] {
    if (piece.part !== 'payload' && piece.part !== 'opaque') return [];
    const found = this.#scanner.push(piece.bytes);
    const last = piece.end ? [...found, ...this.#scanner.end()] : found;
    const exchange = this.#open.get(this.#asking);
    const operation = last.at(-1)?.operation;
    if (exchange !== undefined && operation !== undefined) exchange.operation = operation;
    return last;
  }
}
