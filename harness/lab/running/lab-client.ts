import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { now } from '../../faults/now.ts';
import type { WorkerSeen } from '../../history/events.ts';
import { ScopeClientError } from '../../workers/tunnel-agent.ts';
import {
  type Answer,
  type Client,
  type ClientRequest,
  notDone,
  type StreamAnswer,
  type StreamRequest,
} from '../../workloads/workload.ts';
import type { Route } from './connections.ts';
import { readFrames } from './read-frames.ts';

/** What a planned fault of the client makes it do, and what it tells while it reads. */
export interface ClientConduct {
  /** Hang up once so many frames have come. */
  readonly abortAfterFrames?: number;
  /** And so much later; default at once. */
  readonly abortAfterMs?: number;
  /** Read no faster. */
  readonly bytesPerSecond?: number;
  /** Told of every frame, counted from 1, and of 0 once the request is sent. */
  readonly onFrames?: (count: number) => void;
  readonly onAbort?: (at: number) => void;
  /** Told of the worker at the other end of a connection to a service, before the request goes out. */
  readonly onWorker?: (service: string, worker: WorkerSeen) => void;
  readonly onSlowRead?: (seen: { readonly bytes: number; readonly elapsedMs: number }) => void;
}

export interface LabClientOptions {
  readonly route: (service: string) => Route;
  readonly service: string;
  /** Bound of the whole operation. */
  readonly signal: AbortSignal;
  readonly conduct?: ClientConduct;
}

/** How long a worker that was killed may take to come back before an operation for it is given up. */
const retryPauseMs = 25;

/** Speaks plain HTTP over the connections of one planned client, and remembers which worker answered. */
export class LabClient implements Client {
  readonly #options: LabClientOptions;
  worker: WorkerSeen | undefined;
  abortedAt: number | undefined;
  /** Of the last answer, if there was one. */
  status: number | undefined;

  constructor(options: LabClientOptions) {
    this.#options = options;
  }

  async request(wanted: ClientRequest): Promise<Answer> {
    const hangUp = this.#hangUp();
    try {
      const isHungUp = this.#options.conduct?.abortAfterFrames !== undefined;
      const response = await this.#send(wanted, isHungUp ? hangUp.signal : undefined, hangUp.sent);
      return answerOf(response, await text(response));
    } finally {
      hangUp.end();
    }
  }

  /** What makes the client hang up where its conduct says so; nothing happens after `end`. */
  #hangUp() {
    const { conduct = {} } = this.#options;
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const abort = () => {
      this.abortedAt = now();
      controller.abort();
      conduct.onAbort?.(this.abortedAt);
    };
    const reached = (frames: number) => {
      conduct.onFrames?.(frames);
      if (frames !== conduct.abortAfterFrames || timer !== undefined || this.abortedAt !== undefined) return;
      if (conduct.abortAfterMs === undefined) abort();
      else timer = setTimeout(abort, conduct.abortAfterMs);
    };
    return { signal: controller.signal, reached, sent: () => reached(0), end: () => clearTimeout(timer) };
  }

  async stream(wanted: StreamRequest): Promise<StreamAnswer> {
    const { conduct = {} } = this.#options;
    const hangUp = this.#hangUp();
    const gone = wanted.enough ? AbortSignal.any([hangUp.signal, wanted.enough]) : hangUp.signal;
    const abortedAt = () => (this.abortedAt === undefined ? {} : { abortedAt: this.abortedAt });
    try {
      const response = await this.#send(wanted, gone, hangUp.sent);
      const seen = await readFrames(response, wanted.frame, {
        ...(conduct.bytesPerSecond === undefined ? {} : { bytesPerSecond: conduct.bytesPerSecond }),
        onFrames: hangUp.reached,
        onEnd: (bytes, elapsedMs) => conduct.onSlowRead?.({ bytes, elapsedMs }),
        signal: this.#options.signal,
        gone,
      });
      return { ...answerOf(response, seen.body), ...seen, ...abortedAt() };
    } catch (error) {
      if (this.abortedAt === undefined && !wanted.enough?.aborted) throw error;
      return {
        status: 0,
        headers: {},
        text: '',
        json: noBody,
        frames: [],
        endedCleanly: false,
        ...abortedAt(),
      };
    } finally {
      hangUp.end();
    }
  }

  /** Sends, waiting for the worker if it is on its way back. */
  async #send(wanted: ClientRequest, hangUp?: AbortSignal, onSent?: () => void): Promise<IncomingMessage> {
    for (;;) {
      try {
        return await this.#sendOnce(wanted, hangUp, onSent);
      } catch (error) {
        if (!(error instanceof ScopeClientError)) throw error;
        const { code, message } = error;
        const comesBack = [
          'GNT_NO_SUCH_WORKER',
          'GNT_NO_WORKERS',
          'GNT_WORKER_DIED',
          'GNT_SERVICE_UNREACHABLE',
        ];
        if (!comesBack.includes(code) || this.#options.signal.aborted) throw notDone(`not sent: ${message}`);
        await delay(retryPauseMs);
      }
    }
  }

  #sendOnce(wanted: ClientRequest, hangUp?: AbortSignal, onSent?: () => void): Promise<IncomingMessage> {
    const { path, body, text: plain, headers = {}, service = this.#options.service } = wanted;
    const { agent, origin, workerOf } = this.#options.route(service);
    const payload = plain ?? (body === undefined ? undefined : JSON.stringify(body));
    const contentType = plain === undefined ? 'application/json' : 'text/plain; charset=utf-8';
    const signal = hangUp ? AbortSignal.any([this.#options.signal, hangUp]) : this.#options.signal;
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(path, origin),
        {
          agent,
          signal,
          method: wanted.method ?? (payload === undefined ? 'GET' : 'POST'),
          headers: {
            ...(payload === undefined
              ? {}
              : { 'content-type': contentType, 'content-length': String(Buffer.byteLength(payload)) }),
            ...headers,
          },
        },
        (response) => {
          this.#meet(service, workerOf(response.socket));
          this.status = response.statusCode;
          resolve(response);
        },
      );
      // Known from the socket on, so that an operation that never got an answer still names its worker.
      sent.on('socket', (socket) => {
        this.#meet(service, workerOf(socket));
        // A tunnel that is given up while its answer comes in reports it once more, with nobody listening.
        if (socket.listenerCount('error', ignore) === 0) socket.on('error', ignore);
      });
      sent.on('finish', () => onSent?.());
      sent.on('error', reject).end(payload);
    });
  }

  #meet(service: string, worker: WorkerSeen | undefined): void {
    if (!worker) return;
    this.worker = worker;
    this.#options.conduct?.onWorker?.(service, worker);
  }
}

const ignore = (): void => undefined;

const noBody = (): never => {
  throw new Error('there is no body');
};

function answerOf(response: IncomingMessage, body: string): Answer {
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: body,
    json: <T>() => JSON.parse(body) as T,
  };
}
