import type { WebSocket } from '@fastify/websocket';

export interface PacedSocketSettings {
  readonly pingMs: number;
  /** A client that takes nothing for this long is cut off. */
  readonly stallTimeoutMs: number;
}

/**
 * What is sent between two waits for the connection to have taken all. Not by what is buffered: a connection that is
 * broken buffers nothing, and a sender that never waits would not hear of it.
 */
const highWaterChars = 64 * 1024;
/** Pings without any sign of life after which a client is gone. */
const missedPings = 3;
/** How long a client may take to answer a close frame. */
const closeTimeoutMs = 2_000;

/** A WebSocket that is written to at the pace of its reader, and whose end is noticed also when the network is silent. */
export class PacedSocket {
  readonly #socket: WebSocket;
  readonly #gone = new AbortController();
  readonly #stallTimeoutMs: number;
  #unconfirmed = 0;
  #missed = 0;
  #closing: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, { pingMs, stallTimeoutMs }: PacedSocketSettings) {
    this.#socket = socket;
    this.#stallTimeoutMs = stallTimeoutMs;
    const alive = () => {
      this.#missed = 0;
    };
    const ticks = setInterval(() => this.#ping(stallTimeoutMs / pingMs), pingMs);
    socket.on('pong', alive);
    socket.on('message', alive);
    socket.on('ping', alive);
    socket.on('close', () => {
      clearInterval(ticks);
      clearTimeout(this.#closing);
      this.#gone.abort(left());
    });
    // Then the library closes it, with the code for what was wrong; nothing more can be said.
    socket.on('error', () => this.#leave());
  }

  /** Aborts when the client has gone, or is being sent away. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Sends one event as a text frame; resolves when the client can take more, rejects when it is gone. */
  async send(event: object): Promise<void> {
    this.gone.throwIfAborted();
    const text = JSON.stringify(event);
    this.#unconfirmed += text.length;
    if (this.#unconfirmed < highWaterChars) return this.#socket.send(text);
    this.#unconfirmed = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = (cause?: unknown) => {
      if (cause instanceof Error) this.#leave();
      resolve();
    };
    const stalled = setTimeout(() => this.#cutOff(), this.#stallTimeoutMs);
    this.gone.addEventListener('abort', done, { once: true });
    this.#socket.send(text, done);
    await promise;
    clearTimeout(stalled);
    this.gone.removeEventListener('abort', done);
    this.gone.throwIfAborted();
  }

  /** Says goodbye (RFC 6455, 7.4); what was sent before still arrives. */
  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
    this.#leave();
  }

  /** What is on its way to a slow reader is before the ping, so that such a one has the longer time. */
  #ping(stallPings: number): void {
    const isSlow = this.#socket.bufferedAmount > 0;
    if (this.#missed >= (isSlow ? Math.max(missedPings, stallPings) : missedPings)) {
      this.#cutOff();
      return;
    }
    this.#missed += 1;
    if (!isSlow && this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  #cutOff(): void {
    this.#socket.terminate();
    this.#leave();
  }

  /** From here on the closing handshake is all that is left; it is not waited for long. */
  #leave(): void {
    if (this.gone.aborted) return;
    this.#closing = setTimeout(() => this.#socket.terminate(), closeTimeoutMs);
    this.#gone.abort(left());
  }
}

const left = () => new DOMException('The client closed the socket.', 'AbortError');
