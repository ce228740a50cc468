import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Sql } from './database.ts';
import type { Environment } from './environment.ts';

export interface WorkerContext {
  /** Name of the service. */
  readonly name: string;
  /** 1..WORKERS; a respawned worker gets the index of the one it replaces. */
  readonly workerIndex: number;
  readonly env: Environment;
  readonly log: Logger;
  /** Connection pool whose search path is {@link schema}. */
  readonly sql: Sql;
  /** One more connection, for what keeps leases: requests that fill the pool must not have it wait until a lease is over. */
  readonly leaseSql: Sql;
  /** The service's database schema: its name with underscores. */
  readonly schema: string;
  /** Runs `fn` once the last request has ended, before the database is closed; within DRAIN_MS. */
  readonly onShutdown: (fn: () => Promise<void> | void) => void;
  /** Aborted when the worker begins to shut down: nothing new should start then, open streams may end. */
  readonly draining: AbortSignal;
}

export interface ServiceOptions {
  /** As in compose.yaml. */
  readonly name: string;
  /**
   * Runs in each worker: migrates, registers routes, and returns the server without making it listen or ready
   * (the kit adds `/ready` to it).
   */
  readonly createServer: (context: WorkerContext) => Promise<FastifyInstance>;
}
