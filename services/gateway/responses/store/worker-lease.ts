import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import type { Sql } from '../../../kit/database.ts';

/** This worker's life as others see it: what it runs is its own while the lease is renewed. */
export interface WorkerLease {
  readonly worker: string;
  /** Gives up what is still held: others may take it at once. */
  end(): Promise<void>;
}

/**
 * Begins a lease of `leaseMs`, renewed three times within it: one statement per worker, however many responses run. All
 * times are the database's.
 */
export async function beginLease(sql: Sql, log: FastifyBaseLogger, leaseMs: number): Promise<WorkerLease> {
  const worker = randomUUID();
  let over = false;
  const renew = async () => {
    if (over) return;
    await sql`
      insert into response_workers (worker, alive_until)
      values (${worker}, clock_timestamp() + make_interval(secs => ${leaseMs / 1_000}))
      on conflict (worker) do update set alive_until = excluded.alive_until`;
  };
  await renew();
  const timer = setInterval(() => {
    renew().catch((err) => log.warn({ err }, 'lease not renewed'));
  }, leaseMs / 3).unref();
  return {
    worker,
    end: async () => {
      over = true;
      clearInterval(timer);
      await sql`delete from response_workers where worker = ${worker}`;
    },
  };
}
