import { Agent, type ClientRequestArgs, type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';

/** Shorter than the keep-alive timeouts of servers, so that no request goes out on a connection about to close. */
export const keepFreeMs = 1500;

/** The worker at the other end of a tunnel. */
export interface TunnelEnd {
  readonly worker: string;
  readonly pid: number;
}

/** An error answer of the scope, as its clients see it. */
export class ScopeClientError extends Error {
  override readonly name = 'ScopeClientError';
  readonly code: string;
  readonly status: number;
  readonly hint: string;

  constructor(status: number, { code, message, hint }: { code: string; message: string; hint: string }) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** The error in an answer of the scope; whatever else answered is GNT_SCOPE_FAILED. */
export function readScopeError(status: number, body: string): ScopeClientError {
  try {
    return new ScopeClientError(status, JSON.parse(body).error);
  } catch {
    const message = `The scope answered ${status} without an error of its own.`;
    return new ScopeClientError(status, {
      code: 'GNT_SCOPE_FAILED',
      message,
      hint: 'Is it a scope at that URL?',
    });
  }
}

export interface TunnelAgentOptions {
  readonly scopeUrl: URL;
  readonly token: string;
  /** `gateway.w2`; the host of the URL that is asked for plays no part. */
  readonly target: string;
  /** Allows the scope, as a last resort, to stop the other workers for the moment of the connect. */
  readonly stopOthers?: boolean;
  /** Bound of the CONNECT, longer than the scope's own. */
  readonly timeoutMs?: number;
}

/** An http.Agent whose connections all are tunnels to one worker. */
export class TunnelAgent extends Agent {
  readonly #options: TunnelAgentOptions;
  readonly #ends = new WeakMap<Duplex, TunnelEnd>();

  constructor(options: TunnelAgentOptions) {
    super({ keepAlive: true, timeout: keepFreeMs });
    this.#options = options;
  }

  /** Who is at the other end of a socket that this agent made. */
  endOf(socket: Duplex): TunnelEnd | undefined {
    return this.#ends.get(socket);
  }

  override createConnection(
    _options: ClientRequestArgs,
    done?: (error: Error | null, socket: Duplex) => void,
  ) {
    this.#connect().then(
      (socket) => done?.(null, socket),
      (error: Error) => done?.(error, undefined as never),
    );
    return undefined;
  }

  #connect(): Promise<Duplex> {
    const { scopeUrl, token, target, stopOthers, timeoutMs = 30_000 } = this.#options;
    return new Promise((resolve, reject) => {
      const connect = request({
        host: scopeUrl.hostname,
        port: scopeUrl.port,
        method: 'CONNECT',
        path: `${target}:80`,
        headers: { 'proxy-authorization': `Bearer ${token}`, ...forceHeaders(stopOthers) },
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
      });
      connect.once('error', reject);
      connect.once('connect', (answer: IncomingMessage, socket: Duplex, head: Buffer) => {
        if (answer.statusCode !== 200) {
          readAll(socket, head).then((body) => reject(readScopeError(answer.statusCode ?? 0, body)), reject);
          return;
        }
        const { 'x-gauntlet-worker': worker, 'x-gauntlet-pid': pid } = answer.headers;
        this.#ends.set(socket, { worker: String(worker), pid: Number(pid) });
        resolve(socket);
      });
      connect.end();
    });
  }
}

/** The header that allows the last resort. */
export const forceHeaders = (stopOthers = false): Record<string, string> =>
  stopOthers ? { 'x-gauntlet-force': 'stop-others' } : {};

/** The body of a refused CONNECT: the scope closes after it. */
async function readAll(socket: Duplex, head: Buffer): Promise<string> {
  const chunks = [head];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
