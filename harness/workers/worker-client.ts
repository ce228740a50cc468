import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { TunnelAgent, TunnelEnd } from './tunnel-agent.ts';

/** An answer, with the worker that gave it. */
export interface WorkerAnswer extends TunnelEnd {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  json(): unknown;
}

export interface WorkerRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when a string, as JSON otherwise. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** A plain HTTP client of one worker. */
export class WorkerClient {
  readonly #target: string;
  readonly #agent: TunnelAgent;

  constructor(target: string, agent: TunnelAgent) {
    this.#target = target;
    this.#agent = agent;
  }

  /** @throws ScopeClientError when there is no tunnel to the worker */
  get(path: string, options: Omit<WorkerRequest, 'method' | 'body'> = {}): Promise<WorkerAnswer> {
    return this.request(path, options);
  }

  /** @throws ScopeClientError when there is no tunnel to the worker */
  post(
    path: string,
    body: unknown,
    options: Omit<WorkerRequest, 'method' | 'body'> = {},
  ): Promise<WorkerAnswer> {
    return this.request(path, { ...options, method: 'POST', body });
  }

  /** Sends a request to the worker and reads the whole answer. Any status is an answer, not an error. */
  request(
    path: string,
    { method = 'GET', headers = {}, body, signal }: WorkerRequest,
  ): Promise<WorkerAnswer> {
    const payload = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
    const contentType = typeof body === 'object' ? { 'content-type': 'application/json' } : {};
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.#agent,
          method,
          path,
          headers: { host: this.#target, ...contentType, ...headers },
          ...(signal ? { signal } : {}),
        },
        (response) => {
          const end = this.#agent.endOf(response.socket) ?? { worker: '', pid: 0 };
          const answer = { ...end, status: response.statusCode ?? 0, headers: response.headers };
          text(response).then(
            (whole) => resolve({ ...answer, body: whole, json: () => JSON.parse(whole) }),
            reject,
          );
        },
      );
      sent.on('error', reject).end(payload);
    });
  }

  async close(): Promise<void> {
    this.#agent.destroy();
  }
}
