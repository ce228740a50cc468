import { type Framing, type Piece, piece } from './framing.ts';

const ready = 'Z'.charCodeAt(0);
/** Query, Sync and FunctionCall: each is answered by one ReadyForQuery. */
const asking = new Set([...'QSF'].map((type) => type.charCodeAt(0)));
/** A password and copied rows belong to the request before them. */
const continuing = new Set([...'pdcf'].map((type) => type.charCodeAt(0)));
/** Notices, notifications and parameters come at any time. */
const unasked = new Set([...'NAS'].map((type) => type.charCodeAt(0)));
const refusedEncryption = 'N'.charCodeAt(0);
const messageLimitBytes = 2 ** 30;

/**
 * Follows the PostgreSQL protocol, version 3, of one direction, as far as needed to tell requests from each other: what
 * ends with a Sync (or Query) and what ends with the ReadyForQuery to it (documentation, chapter "Frontend/Backend
 * Protocol"). The start of a session is its first exchange. An encrypted session is opaque.
 */
export class PostgresFraming implements Framing {
  readonly #kind: 'request' | 'response';
  #state: 'start' | 'messages' | 'opaque' = 'start';
  /** An exchange has begun and not ended. */
  #inside = false;
  /** The start of the session, which no message of the client's ends. */
  #starting = false;
  #header = Buffer.alloc(0);
  /** Bytes of the message still to come, once its header is complete. */
  #left = 0;
  /** The message ends the exchange. */
  #last = false;

  constructor(kind: 'request' | 'response') {
    this.#kind = kind;
  }

  get opaque(): boolean {
    return this.#state === 'opaque';
  }

  giveUp(): void {
    this.#state = 'opaque';
  }

  /** Goes on over message after message until an exchange begins or ends. */
  next(rest: Buffer): Piece {
    if (this.#state === 'opaque') return piece('opaque', rest);
    if (this.#kind === 'response' && this.#state === 'start' && this.#header.length === 0) {
      const answer = this.#encryptionAnswer(rest);
      if (answer !== undefined) return answer;
    }
    const first = this.#begins(rest);
    const part = this.#inside || first ? 'payload' : 'framing';
    if (first) this.#inside = true;
    let at = 0;
    while (at < rest.length) {
      if (at > 0 && this.#begins(rest.subarray(at))) break;
      const { read, complete } = this.#read(rest.subarray(at));
      if (this.opaque) return piece('opaque', rest);
      at += read;
      if (complete && this.#last) {
        this.#last = false;
        this.#inside = false;
        return piece(part, rest.subarray(0, at), first, true);
      }
    }
    return piece(part, rest.subarray(0, at), first);
  }

  /** Before the first message a server may say in one byte whether it encrypts. */
  #encryptionAnswer(rest: Buffer): Piece | undefined {
    if (rest[0] === refusedEncryption) return piece('framing', rest.subarray(0, 1));
    if (rest[0] !== 0x53 && rest[0] !== 0x47) return undefined;
    this.giveUp();
    return piece('opaque', rest);
  }

  /** Whether a new exchange starts with these bytes. */
  #begins(rest: Buffer): boolean {
    if (this.#left > 0 || this.#header.length > 0) return false;
    const type = rest[0] ?? 0;
    if (this.#kind === 'response') return !this.#inside && !unasked.has(type);
    if (this.#state === 'start') return !this.#inside;
    return !continuing.has(type) && (!this.#inside || this.#starting);
  }

  #read(rest: Buffer): { readonly read: number; readonly complete: boolean } {
    if (this.#left > 0) {
      const read = Math.min(this.#left, rest.length);
      this.#left -= read;
      return { read, complete: this.#left === 0 };
    }
    const isStart = this.#kind === 'request' && this.#state === 'start';
    const size = isStart ? 8 : 5;
    const read = Math.min(size - this.#header.length, rest.length);
    this.#header = Buffer.concat([this.#header, rest.subarray(0, read)]);
    if (this.#header.length < size) return { read, complete: false };
    const length = this.#header.readUInt32BE(isStart ? 0 : 1);
    const type = isStart ? 0 : (this.#header[0] ?? 0);
    this.#left = length - 4 - (isStart ? 4 : 0);
    if (this.#left < 0 || length > messageLimitBytes) this.giveUp();
    if (isStart) this.#started(this.#header.readUInt32BE(4));
    else this.#met(type);
    this.#header = Buffer.alloc(0);
    return { read, complete: this.#left === 0 };
  }

  /** Requests for encryption have a version of 1234; the start proper comes after them. */
  #started(version: number): void {
    const major = version >>> 16;
    if (major === 1234) return;
    this.#state = major === 3 ? 'messages' : 'opaque';
    this.#starting = true;
  }

  #met(type: number): void {
    this.#state = 'messages';
    if (!continuing.has(type)) this.#starting = false;
    this.#last = this.#kind === 'response' ? type === ready : asking.has(type);
  }
}
