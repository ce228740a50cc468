import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

export interface EventStream {
  /**
   * Writes one event (objects as JSON) and resolves when the client can take more.
   * Rejects with the reason of `aborted` once the client has gone.
   */
  send(data: string | object, event?: string): Promise<void>;
  /** Writes whole frames as they are, bytes included; otherwise like `send`. */
  write(frames: string | Uint8Array): Promise<void>;
  /** Writes a comment line; dropped while the client is not reading. */
  comment(text: string): void;
  end(): void;
  /** Aborted when the client goes before `end()`. */
  readonly aborted: AbortSignal;
}

export interface EventStreamOptions {
  /** A `: ping` comment follows after this much silence. 0 sends none. */
  readonly keepAliveMs?: number;
  /** Instead of that comment: whole frames, for protocols with a ping of their own. */
  readonly keepAliveFrame?: string;
  /** A client that reads nothing for this long is disconnected. */
  readonly stallTimeoutMs?: number;
}

/**
 * Answers with `text/event-stream` (WHATWG HTML, "Server-sent events"), headers first and at once.
 * Takes the reply over from Fastify; headers set on the reply before are kept.
 */
export function openEventStream(reply: FastifyReply, options: EventStreamOptions = {}): EventStream {
  const { keepAliveMs = 0, keepAliveFrame = ': ping\n\n', stallTimeoutMs = 60_000 } = options;
  const response = reply.raw;
  const gone = new AbortController();
  reply.hijack();
  response.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  });
  // At once, but for an event that is at hand already: it leaves in one piece with the headers.
  const flushing = setImmediate(() => response.flushHeaders());

  let ended = false;
  const timer = keepAliveMs > 0 ? setInterval(() => writeIdle(keepAliveFrame), keepAliveMs) : undefined;
  const onClose = () => {
    clearImmediate(flushing);
    clearInterval(timer);
    if (!ended) gone.abort(new DOMException('The client closed the stream.', 'AbortError'));
  };
  response.on('close', onClose);
  response.on('error', onClose);
  if (response.destroyed) onClose();

  const write = async (text: string | Uint8Array): Promise<void> => {
    gone.signal.throwIfAborted();
    if (ended) throw new Error('The event stream has ended.');
    timer?.refresh();
    clearImmediate(flushing);
    if (!response.write(text)) await drained(response, gone.signal, stallTimeoutMs);
  };

  function writeIdle(frames: string): void {
    if (ended || gone.signal.aborted || response.writableNeedDrain) return;
    timer?.refresh();
    clearImmediate(flushing);
    response.write(frames);
  }

  return {
    send: (data, event) => write(frame(data, event)),
    write,
    comment: (text) => writeIdle(`: ${text.replaceAll('\n', ' ')}\n\n`),
    end: () => {
      if (ended) return;
      ended = true;
      clearInterval(timer);
      clearImmediate(flushing);
      response.end();
    },
    aborted: gone.signal,
  };
}

/** One event as text: a `data:` line for each line of the payload, an empty line after it. */
export function frame(data: string | object, event?: string): string {
  const payload = typeof data === 'string' ? data : JSON.stringify(data);
  const lines = payload.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `${event === undefined ? '' : `event: ${event}\n`}${lines.join('')}\n`;
}

function drained(response: ServerResponse, aborted: AbortSignal, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      response.off('drain', onDrain);
      aborted.removeEventListener('abort', onAbort);
    };
    const onDrain = () => {
      stop();
      resolve();
    };
    const onAbort = () => {
      stop();
      reject(aborted.reason);
    };
    // Destroying emits 'close', which aborts the signal and so ends this wait.
    const timer = setTimeout(() => response.destroy(), timeoutMs);
    response.once('drain', onDrain);
    aborted.addEventListener('abort', onAbort, { once: true });
  });
}
