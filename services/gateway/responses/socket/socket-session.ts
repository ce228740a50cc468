import type { WebSocket } from '@fastify/websocket';
import { toOpenaiError } from '../../../kit/openai-error.ts';
import { operationIdOf } from '../../../kit/operation-id.ts';
import type { Caller } from '../../caller.ts';
import { type Item, isTerminal, type ResponseObject } from '../events/response-event.ts';
import { readRequest } from '../request/read-request.ts';
import type { Responses } from '../responses.ts';
import { lastTextOf } from '../routes/create-route.ts';
import type { ResponseCaller } from '../run/engine.ts';
import { newId } from '../run/new-id.ts';
import { errorFrame, lifeIsOver, type RawFrame, readFrame } from './client-frame.ts';
import { FrameQueue } from './frame-queue.ts';
import { PacedSocket, type PacedSocketSettings } from './paced-socket.ts';
import { bodyFor, remember, type SocketMemory, withPast } from './socket-memory.ts';
import type { SocketSettings } from './socket-settings.ts';

/** As many turns may wait as the API lets be under way. */
const maxWaitingFrames = 16;
export const maxFrameBytes = 10 * 1024 * 1024;

export interface SessionOptions {
  readonly settings: SocketSettings & PacedSocketSettings;
  readonly draining: AbortSignal;
  /** A caller for each turn, whose signal is given. */
  readonly callerOf: (turn: number, signal: AbortSignal) => ResponseCaller;
  /** Each turn is a request of the caller's key, which may have been revoked since the socket was opened. */
  readonly enter?: Caller['enter'];
}

/** Why a socket is closed by the gateway. */
interface Farewell {
  readonly code: number;
  readonly reason: string;
  readonly frame?: object;
}

/** One WebSocket: its turns, one after the other, until either side ends it. */
export class SocketSession {
  readonly #responses: Responses;
  readonly #options: SessionOptions;
  readonly #socket: PacedSocket;
  readonly #frames = new FrameQueue(maxWaitingFrames, maxFrameBytes);
  /** Aborts when no further turn begins. */
  readonly #leaving = new AbortController();
  #memory: SocketMemory = {};
  #turns = 0;

  constructor(socket: WebSocket, responses: Responses, options: SessionOptions) {
    this.#responses = responses;
    this.#options = options;
    this.#socket = new PacedSocket(socket, options.settings);
    // Always read, so that pings and the end of the client are seen under a turn as well.
    socket.on('message', (data: unknown, isBinary: boolean) => {
      if (this.#frames.push({ data: data as Buffer, isBinary })) return;
      this.#socket.close(1008, 'too many requests are waiting');
    });
  }

  /** Serves turns; resolves when the socket is closed or being closed. */
  async serve(): Promise<void> {
    const { settings, draining } = this.#options;
    const leave = (farewell: Farewell) => this.#leaving.abort(farewell);
    const gone = () => leave({ code: 1001, reason: 'gone' });
    const drain = () => leave({ code: 1012, reason: 'the gateway is restarting' });
    const old = () => leave({ code: 1000, reason: 'age limit', frame: errorFrame(lifeIsOver) });
    const life = setTimeout(old, settings.lifeMs);
    this.#socket.gone.addEventListener('abort', gone, { once: true });
    draining.addEventListener('abort', drain, { once: true });
    if (draining.aborted) drain();
    try {
      for (;;) {
        const idle = setTimeout(() => leave({ code: 1000, reason: 'idle' }), settings.idleMs);
        const frame = await this.#frames.next(this.#leaving.signal);
        clearTimeout(idle);
        if (frame === undefined) break;
        await this.#turn(frame);
      }
      if (this.#socket.gone.aborted) return;
      const { code, reason, frame } = this.#leaving.signal.reason as Farewell;
      if (frame !== undefined) await this.#socket.send(frame).catch(() => undefined);
      this.#socket.close(code, reason);
    } finally {
      clearTimeout(life);
      draining.removeEventListener('abort', drain);
    }
  }

  /** The events of one turn; what fails before the first of them, or breaks off, ends it by an error frame. */
  async #turn(raw: RawFrame): Promise<void> {
    this.#turns += 1;
    const caller = this.#options.callerOf(this.#turns, this.#socket.gone);
    let { log } = caller;
    let leave: (() => void) | undefined;
    try {
      leave = (await this.#options.enter?.())?.leave;
      const frame = readFrame(raw);
      const body = bodyFor(frame, this.#memory);
      const read = readRequest(body, newId, { isWarmUp: !frame.generate });
      const { request, past } = withPast(read, this.#memory);
      const op = operationIdOf(lastTextOf(read.input));
      if (op !== undefined) log = log.child({ op });
      let items: readonly Item[] = [];
      const onItems = (all: readonly Item[]) => {
        items = all;
      };
      const events = this.#responses.run(request, { ...caller, log, ...(past ? { past } : {}) }, { onItems });
      for await (const event of events) {
        // Known before it is told: the next frame may come at once.
        if (isTerminal(event)) {
          this.#memory = remember(this.#memory, request, event.response as ResponseObject, items);
        }
        await this.#socket.send(event);
      }
    } catch (err) {
      if (this.#socket.gone.aborted) return;
      const error = toOpenaiError(err);
      if (error.statusCode >= 500) log.error({ err }, 'turn failed');
      await this.#socket.send(errorFrame(error)).catch(() => undefined);
    } finally {
      leave?.();
    }
  }
}
