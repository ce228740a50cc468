import type { Worker } from '../processes/worker-register.ts';
import { identityOf } from '../processes/worker-structure.ts';
import type { ScopeError } from '../scope-error.ts';
import type { OwnedConnection } from './idle-connections.ts';

/** One client that waits for a connection. */
export interface WaitingClient {
  /** Without a worker, any will do. */
  readonly worker: Worker | undefined;
  readonly stopOthers: boolean;
  /** Bursts of connections that were opened while it waited. */
  bursts: number;
  readonly settle: (result: OwnedConnection | { readonly error: unknown }) => void;
}

export interface WaitOptions {
  readonly worker: Worker | undefined;
  readonly stopOthers: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Those who wait for a connection to one service, in the order of their coming. */
export class WaitingClients {
  readonly #clients = new Set<WaitingClient>();

  get all(): readonly WaitingClient[] {
    return [...this.#clients];
  }

  get size(): number {
    return this.#clients.size;
  }

  has(client: WaitingClient): boolean {
    return this.#clients.has(client);
  }

  /** Waits until serve or reject, the deadline (with the error that `late` makes) or the signal. */
  async wait(options: WaitOptions, late: (client: WaitingClient) => ScopeError): Promise<OwnedConnection> {
    const { worker, stopOthers, timeoutMs, signal } = options;
    const { promise, resolve, reject } = Promise.withResolvers<OwnedConnection>();
    const client: WaitingClient = {
      worker,
      stopOthers,
      bursts: 0,
      settle: (result) => {
        // Out of the set at once: a connection given to one who has left would belong to nobody.
        this.#clients.delete(client);
        if ('error' in result) reject(result.error);
        else resolve(result);
      },
    };
    const onAbort = () => client.settle({ error: signal?.reason });
    const deadline = setTimeout(() => client.settle({ error: late(client) }), timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#clients.add(client);
    try {
      return await promise;
    } finally {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Gives the connection to the first who can use it; false when nobody can. */
  serve(connection: OwnedConnection): boolean {
    const owner = identityOf(connection.worker);
    const client = this.all.find(({ worker }) => !worker || identityOf(worker) === owner);
    client?.settle(connection);
    return client !== undefined;
  }

  /** Sends away everyone for whose worker the function returns an error. It is asked once for each worker. */
  rejectWhere(errorFor: (worker: Worker) => ScopeError | undefined): void {
    for (const [worker, clients] of Map.groupBy(this.#clients, (client) => client.worker)) {
      const error = worker && errorFor(worker);
      for (const client of error ? clients : []) client.settle({ error });
    }
  }

  rejectAll(error: unknown): void {
    for (const client of this.all) client.settle({ error });
  }
}
