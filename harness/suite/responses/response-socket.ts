import { request } from 'node:http';
import { WebSocket } from 'ws';
import { isRecord, type ResponseEvent } from '../../responses/event-types.ts';
import { terminalTypes } from '../../responses/lifecycle.ts';
import { apiUrl, type CallerOptions, ownKey } from './caller.ts';

/** A WebSocket on /v1/responses. Close it when the test is done. */
export interface ResponseSocket {
  /** A text or bytes as they are, anything else as JSON. */
  send(message: object | string | Uint8Array): void;
  /** The next event. Fails after 20 s, or when the socket is closed before. */
  next(): Promise<ResponseEvent>;
  /** All events up to the next one that ends a turn: a terminal one, or an error. */
  turn(): Promise<readonly ResponseEvent[]>;
  /** Resolves with the answer to a ping. */
  ping(): Promise<void>;
  /** Pings of the server so far. */
  readonly pings: number;
  /** How the server or the network ended it. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Reads no more, as a client that hangs, until it is told to go on. */
  pause(): void;
  resume(): void;
  close(): void;
  /** Vanishes without a word. */
  drop(): void;
}

const withinMs = 20_000;

interface SocketOptions extends CallerOptions {
  readonly headers?: Readonly<Record<string, string>>;
}

/** Opens a socket; rejects when the upgrade is refused. */
export function openSocket(options: SocketOptions = {}): Promise<ResponseSocket> {
  const socket = dial(options);
  const made = around(socket);
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(made));
    socket.once('unexpected-response', (_request, { statusCode }) => {
      socket.terminate();
      reject(new Error(`the upgrade was answered with ${statusCode}`));
    });
    socket.once('error', reject);
  });
}

/**
 * The status with which an upgrade is refused to a client of a version that nobody speaks (RFC 6455 §4.4). Rejects when it is
 * not refused.
 */
export function refusedUpgrade({ key = ownKey() }: Pick<CallerOptions, 'key'> = {}): Promise<number> {
  const headers = {
    authorization: `Bearer ${key}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '7',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };
  return new Promise((resolve, reject) => {
    const asked = request(`${apiUrl()}/responses`, { headers, agent: false, timeout: withinMs });
    asked.once('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.once('upgrade', (_answer, socket) => {
      socket.destroy();
      reject(new Error('the upgrade was not refused'));
    });
    asked.once('timeout', () => asked.destroy(new Error(`no answer came within ${withinMs} ms`)));
    asked.once('error', reject).end();
  });
}

function dial({ key = ownKey(), worker, headers = {} }: SocketOptions): WebSocket {
  return new WebSocket(`${apiUrl(worker).replace(/^http/, 'ws')}/responses`, {
    headers: { authorization: `Bearer ${key}`, ...headers },
    handshakeTimeout: withinMs,
    maxPayload: 0,
    ...(worker ? { agent: worker.agent } : {}),
  });
}

function around(socket: WebSocket): ResponseSocket {
  const events: ResponseEvent[] = [];
  let read = 0;
  let pings = 0;
  let wake = Promise.withResolvers<void>();
  let end: string | undefined;
  const tell = () => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  socket.on('message', (data, isBinary) => {
    events.push(eventOf(isBinary ? '' : String(data)));
    tell();
  });
  socket.on('ping', () => {
    pings += 1;
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      end = `${code} ${reason}`.trim();
      resolve({ code, reason: String(reason) });
      tell();
    });
  });
  socket.on('error', () => undefined);
  const next = async (): Promise<ResponseEvent> => {
    const late = AbortSignal.timeout(withinMs);
    const tooLate = new Promise<never>((_resolve, reject) => {
      late.onabort = () => reject(new Error(`no event came within ${withinMs} ms`));
    });
    for (;;) {
      const event = events[read];
      if (event) {
        read += 1;
        tooLate.catch(() => undefined);
        return event;
      }
      if (end !== undefined) throw new Error(`the socket was closed: ${end}`);
      await Promise.race([wake.promise, tooLate]);
    }
  };
  return {
    send: (message) => {
      const isRaw = typeof message === 'string' || message instanceof Uint8Array;
      socket.send(isRaw ? message : JSON.stringify(message));
    },
    next,
    turn: async () => {
      const turn: ResponseEvent[] = [];
      for (;;) {
        const event = await next();
        turn.push(event);
        if (event.type === 'error' || terminalTypes.includes(event.type)) return turn;
      }
    },
    ping: () =>
      new Promise((resolve, reject) => {
        socket.once('pong', () => resolve());
        socket.ping((error: Error | undefined) => error && reject(error));
      }),
    get pings() {
      return pings;
    },
    closed,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => socket.close(),
    drop: () => socket.terminate(),
  };
}

/** The event in a frame; one of no known type for what is none. */
function eventOf(data: string): ResponseEvent {
  try {
    const read: unknown = JSON.parse(data);
    if (isRecord(read) && typeof read.type === 'string') return read as ResponseEvent;
  } catch {
    // It is told below.
  }
  return { type: `no event: ${data.slice(0, 80)}` };
}
