import { type Dispatcher, ProxyAgent, request, fetch as undiciFetch } from 'undici';
import type { MemoryView, ProcessView, WorkerView } from './control-api.ts';
import { forceHeaders, readScopeError, ScopeClientError, TunnelAgent } from './tunnel-agent.ts';
import { WorkerClient } from './worker-client.ts';

export type { ProcessView, WorkerClient, WorkerView };
export { ScopeClientError };

/** A worker by index (2), name ('w2') or pid ('p12345'). */
export type WorkerRef = number | `w${number}` | `p${number}`;

/** What a signal did: the process it went to and its state afterwards. */
export interface SignalResult extends ProcessView {
  readonly index?: number;
  readonly action: string;
}

/** Settings that pin ordinary clients to one worker, unchanged otherwise. */
export interface WorkerProxy {
  /** http://gateway.w2: the base URL for clients that go through `dispatcher` or `axiosProxy`. */
  readonly baseUrl: string;
  /** For undici and fetch: CONNECT. */
  readonly dispatcher: Dispatcher;
  /** For axios (`httpAgent`) and node:http: CONNECT, whatever the host of the URL. Set axios' `proxy` to false. */
  readonly agent: TunnelAgent;
  /** For axios (`proxy`), which sends absolute-form requests. */
  readonly axiosProxy: {
    protocol: 'http';
    host: string;
    port: number;
    auth: { username: string; password: string };
  };
  /** For the constructors of `openai` and `@anthropic-ai/sdk`, beside `apiKey` and `baseURL`. */
  readonly sdkOptions: {
    readonly fetch: typeof fetch;
    readonly fetchOptions: { readonly dispatcher: Dispatcher };
  };
  close(): Promise<void>;
}

export interface PinOptions {
  /** Allows the scope, as a last resort, to stop the other workers for the moment of the connect. */
  readonly stopOthers?: boolean;
}

export interface ScopeClient {
  workers(service: string): Promise<readonly WorkerView[]>;
  /** Exactly this process as it is now; `gone` when it has ended, whoever may have its pid by now. */
  stateOf(service: string, process: Pick<ProcessView, 'pid' | 'startTicks'>): Promise<ProcessView['state']>;
  /** Bytes of memory that the worker holds now. */
  residentBytes(service: string, worker: WorkerRef): Promise<number>;
  /** The worker that owns the connection whose client side has this local port (and address). */
  ownerOf(service: string, port: number, address?: string): Promise<WorkerView>;
  stop(
    service: string,
    worker: WorkerRef,
    options?: { readonly revertAfterMs?: number },
  ): Promise<SignalResult>;
  continue(service: string, worker: WorkerRef): Promise<SignalResult>;
  term(service: string, worker: WorkerRef): Promise<SignalResult>;
  kill(service: string, worker: WorkerRef): Promise<SignalResult>;
  proxyFor(service: string, worker: WorkerRef, options?: PinOptions): WorkerProxy;
  workerClient(service: string, worker: WorkerRef, options?: PinOptions): WorkerClient;
  /** Closes every client that was made here. */
  close(): Promise<void>;
}

/**
 * A client of the scope at the URL. Its methods throw ScopeClientError with the code of the scope
 * (GNT_UNKNOWN_SERVICE, GNT_NO_SUCH_WORKER, GNT_FOREIGN_PID …).
 */
export function openScope(url: string | URL, token: string): ScopeClient {
  const scopeUrl = new URL(url);
  const made: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(thing: T): T => {
    made.push(thing);
    return thing;
  };

  const call = async (method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> => {
    const { statusCode, body: answer } = await request(new URL(path, scopeUrl), {
      method,
      headers: { authorization: `Bearer ${token}` },
      body: body === undefined ? null : JSON.stringify(body),
      headersTimeout: 15_000,
      bodyTimeout: 15_000,
    });
    const text = await answer.text();
    if (statusCode !== 200) throw readScopeError(statusCode, text);
    return JSON.parse(text);
  };
  const signal = async (service: string, worker: WorkerRef, action: string, body: object = {}) =>
    (await call('POST', `/workers/${encodeURIComponent(service)}/${worker}/${action}`, body)) as SignalResult;
  const agentFor = (service: string, worker: WorkerRef, options: PinOptions) =>
    new TunnelAgent({ scopeUrl, token, target: targetOf(service, worker), ...options });

  return {
    workers: async (service) => {
      const path = `/workers?${new URLSearchParams({ service })}`;
      return ((await call('GET', path)) as { workers: WorkerView[] }).workers;
    },
    stateOf: async (service, { pid, startTicks }) => {
      try {
        const path = `/workers/${encodeURIComponent(service)}/p${pid}`;
        const view = (await call('GET', path)) as ProcessView;
        return view.startTicks === startTicks ? view.state : 'gone';
      } catch (error) {
        // Only these say that there is no such process of the service; any other is no answer.
        const isGone = error instanceof ScopeClientError && goneCodes.includes(error.code);
        if (isGone) return 'gone';
        throw error;
      }
    },
    residentBytes: async (service, worker) => {
      const path = `/workers/${encodeURIComponent(service)}/${nameOf(worker)}/memory`;
      return ((await call('GET', path)) as MemoryView).residentBytes;
    },
    ownerOf: async (service, port, address) => {
      const query = new URLSearchParams({ service, port: String(port), ...(address ? { address } : {}) });
      return (await call('GET', `/owner?${query}`)) as WorkerView;
    },
    stop: (service, worker, options = {}) => signal(service, worker, 'stop', options),
    continue: (service, worker) => signal(service, worker, 'continue'),
    term: (service, worker) => signal(service, worker, 'term'),
    kill: (service, worker) => signal(service, worker, 'kill'),
    proxyFor: (service, worker, options = {}) => {
      const agent = agentFor(service, worker, options);
      const uri = scopeUrl.href;
      const headers = forceHeaders(options.stopOthers);
      const dispatcher = new ProxyAgent({ uri, token: `Bearer ${token}`, headers, proxyTunnel: true });
      return keep({
        baseUrl: `http://${targetOf(service, worker)}`,
        dispatcher,
        agent,
        axiosProxy: {
          protocol: 'http' as const,
          host: scopeUrl.hostname,
          port: Number(scopeUrl.port),
          auth: { username: 'gauntlet', password: token },
        },
        // The fetch of the same undici: Node's own carries another version, whose handlers may not fit.
        sdkOptions: { fetch: undiciFetch as unknown as typeof fetch, fetchOptions: { dispatcher } },
        close: async () => {
          agent.destroy();
          await dispatcher.destroy();
        },
      });
    },
    workerClient: (service, worker, options = {}) =>
      keep(new WorkerClient(targetOf(service, worker), agentFor(service, worker, options))),
    close: async () => {
      await Promise.all(made.splice(0).map((thing) => thing.close()));
    },
  };
}

const goneCodes: readonly string[] = ['GNT_NO_SUCH_WORKER', 'GNT_FOREIGN_PID'];

const targetOf = (service: string, worker: WorkerRef) => `${service}.${nameOf(worker)}`;

const nameOf = (worker: WorkerRef) => (typeof worker === 'number' ? `w${worker}` : worker);
