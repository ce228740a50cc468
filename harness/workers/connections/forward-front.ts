import {
  Agent,
  type ClientRequestArgs,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { carriesToken } from '../access.ts';
import { stateOf } from '../processes/process-table.ts';
import type { Worker } from '../processes/worker-register.ts';
import { identityOf } from '../processes/worker-structure.ts';
import { parseProxyTarget } from '../proxy-target.ts';
import type { Scope } from '../scope.ts';
import { asScopeError, errorBody, ScopeError } from '../scope-error.ts';
import { keepFreeMs } from '../tunnel-agent.ts';
import { mayStopOthers, workerHeaders } from './connect-front.ts';
import type { OwnedConnection } from './idle-connections.ts';

/** Headers that end at a proxy (RFC 9110 §7.6.1); the message framing is written anew. */
const hopByHop = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'upgrade',
  'proxy-authorization',
]);
hopByHop.add('proxy-authenticate').add('x-gauntlet-force');

const framing = ['content-length', 'transfer-encoding', 'host'] as const;

/** Hands an agent the connections that the scope opened for one worker. */
class WorkerAgent extends Agent {
  readonly #open: () => Promise<OwnedConnection>;

  constructor(open: () => Promise<OwnedConnection>) {
    super({ keepAlive: true, maxFreeSockets: 16, timeout: keepFreeMs });
    this.#open = open;
  }

  override createConnection(
    _options: ClientRequestArgs,
    done?: (error: Error | null, socket: Duplex) => void,
  ) {
    this.#open().then(
      // node:http reads by listening for data, which does not resume a socket that was paused.
      ({ socket }) => done?.(null, socket.resume()),
      (error: Error) => done?.(error, undefined as never),
    );
    return undefined;
  }
}

/** Forwards absolute-form requests (RFC 9112 §3.2.2), each to the worker that its URL names. */
export class ForwardFront {
  readonly #scope: Scope;
  readonly #agents = new Map<string, { readonly worker: Worker; readonly agent: WorkerAgent }>();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      if (!carriesToken(request.headers['proxy-authorization'], this.#scope.settings.token)) {
        throw new ScopeError('GNT_SCOPE_TOKEN', 'The proxy request does not carry the token of this run.');
      }
      await this.#forward(request, response, gone.signal);
    } catch (error) {
      refuse(response, asScopeError(error));
    }
  }

  /** Closes the kept connections. */
  close(): void {
    for (const { agent } of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  async #forward(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const url = new URL(request.url ?? '');
    if (url.protocol !== 'http:')
      throw new ScopeError('GNT_SCOPE_BAD_REQUEST', 'Only http: URLs can be forwarded.');
    const target = parseProxyTarget(url.host);
    const options = { stopOthers: mayStopOthers(request), signal };
    const route = target.worker
      ? this.#pinned(this.#scope.register.find(target.service, target.worker), options.stopOthers)
      : this.#unpinned(await this.#scope.connect(target, options));
    const upstream = send({
      ...route.connection,
      method: request.method ?? 'GET',
      path: url.pathname + url.search,
      headers: endToEnd(request.rawHeaders),
      signal,
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      upstream.once('response', resolve).on('error', reject);
    });
    // An answer may come, or the worker go, before the request body has ended: the answer decides.
    pipeline(request, upstream).catch(() => undefined);
    const answer = await answered.catch((error: unknown) => {
      if (error instanceof ScopeError) throw error;
      throw new ScopeError('GNT_WORKER_BROKE_OFF', `${target.service}: ${String(error)}`, { cause: error });
    });
    const headers = [...endToEnd(answer.rawHeaders), ...Object.entries(workerHeaders(route.worker)).flat()];
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers);
    response.flushHeaders();
    // A body that breaks off upstream breaks off here too: pipeline destroys the response.
    await pipeline(answer, response).catch(() => undefined);
  }

  #pinned(worker: Worker, stopOthers: boolean) {
    for (const [key, known] of this.#agents) {
      if (stateOf(known.worker) !== 'gone') continue;
      known.agent.destroy();
      this.#agents.delete(key);
    }
    const key = `${identityOf(worker)} ${stopOthers}`;
    const { pid, service } = worker;
    const open = () => this.#scope.connect({ service, worker: { pid } }, { stopOthers });
    const { agent } = this.#agents.get(key) ?? { agent: new WorkerAgent(open) };
    this.#agents.set(key, { worker, agent });
    return { worker, connection: { agent } };
  }

  #unpinned({ socket, worker }: OwnedConnection) {
    return { worker, connection: { createConnection: () => socket.resume() } };
  }
}

/** Without what ends here: the headers of the list, and those that `Connection` names. */
export function endToEnd(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  const named = new Set<string>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== 'connection') continue;
    for (const name of rawHeaders[at + 1]?.split(',') ?? []) named.add(name.trim().toLowerCase());
  }
  // The length of the message is not the hop's to take away, whatever the sender names.
  for (const name of framing) named.delete(name);
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    const lower = name.toLowerCase();
    if (!hopByHop.has(lower) && !named.has(lower)) kept.push(name, value);
  }
  return kept;
}

function refuse(response: ServerResponse, error: ScopeError): void {
  if (response.destroyed) return;
  if (response.headersSent) return void response.destroy();
  const status = error.code === 'GNT_SCOPE_TOKEN' ? 407 : error.status;
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-gauntlet-error': error.code,
    ...(status === 407 ? { 'proxy-authenticate': 'Basic realm="gauntlet scope"' } : {}),
  });
  response.end(errorBody(error));
}
