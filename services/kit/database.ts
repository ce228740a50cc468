import { setTimeout as delay } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';

export type { Sql, TransactionSql } from 'postgres';

export interface Migration {
  /** Never changes once released; migrations run in the order of the list. */
  readonly id: string;
  readonly up: string;
}

export interface ConnectOptions {
  /** Connections per worker. */
  readonly poolMax?: number;
  readonly applicationName?: string;
}

const statementTimeoutMs = 10_000;
const connectTimeoutSeconds = 5;

/**
 * Opens a lazy connection pool whose search path is `schema`.
 * Statements are cut after 10 s, transactions that sit idle after 15 s: nothing may hold a row lock for ever.
 */
export function connect(url: string, schema: string, options: ConnectOptions = {}): Sql {
  return postgres(url, {
    max: options.poolMax ?? 5,
    connect_timeout: connectTimeoutSeconds,
    idle_timeout: 60,
    backoff: (attempt) => Math.min(0.1 * 2 ** attempt, 2),
    onnotice: () => undefined,
    connection: {
      application_name: options.applicationName ?? schema,
      search_path: schema,
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: 15_000,
    },
  });
}

/** Resolves once the database answers; rethrows the last failure when it does not within `timeoutMs`. */
export async function waitForDatabase(sql: Sql, timeoutMs = 45_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      await sql`select 1`;
      return;
    } catch (error) {
      if (!isDatabaseUnavailable(error) || performance.now() >= deadline) throw error;
      await delay(100);
    }
  }
}

/**
 * Creates `schema` and applies the migrations it lacks, all in one transaction under an advisory lock,
 * so that workers starting together on an empty database run each of them once.
 */
export async function migrate(sql: Sql, schema: string, migrations: readonly Migration[]): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local statement_timeout = 60000`;
    await tx`select pg_advisory_xact_lock(hashtextextended(${`migrate:${schema}`}, 0))`;
    await tx`create schema if not exists ${tx(schema)}`;
    await tx`create table if not exists ${tx(schema)}.schema_migrations (
      id text primary key, applied_at timestamptz not null default now())`;
    const applied = await tx<{ id: string }[]>`select id from ${tx(schema)}.schema_migrations`;
    const done = new Set(applied.map((row) => row.id));
    for (const { id, up } of migrations) {
      if (done.has(id)) continue;
      await tx.unsafe(up);
      await tx`insert into ${tx(schema)}.schema_migrations (id) values (${id})`;
    }
  });
}

const unavailableCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT'],
  ...['CONNECT_TIMEOUT', 'CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED'],
  // Server starting, stopping, crashed, or out of connection slots (PostgreSQL, appendix A).
  ...['57P01', '57P02', '57P03', '53300', '08000', '08003', '08006'],
  // A disk that is full, and a database that takes no writes until somebody has made room.
  ...['53100', '25006'],
]);

/** True for failures of the connection or of the whole server, as opposed to failures of one statement. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && unavailableCodes.has(String(error.code));
}
