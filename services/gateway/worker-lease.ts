import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import type { Sql } from '../kit/database.ts';

/** This worker's life as others see it: what it runs is its own while the lease is renewed. */
export interface WorkerLease {
  readonly worker: string;
  /**
   * Whether leases can be judged: this worker has renewed its own without a gap for as long as one lasts. After an outage of
   * the database every lease is over, those of workers too that are only about to renew theirs.
   */
  isSteady(): boolean;
  /** The lease ends only after `settled` has resolved. */
  keepUntil(settled: () => Promise<void>): void;
  /** Gives up what is still held: others may take it at once. */
  end(): Promise<void>;
}

/**
 * Begins a lease of `leaseMs`, renewed three times within it: one statement per worker, however much it runs. All times
 * are the database's.
 */
export async function beginLease(sql: Sql, log: FastifyBaseLogger, leaseMs: number): Promise<WorkerLease> {
  const worker = randomUUID();
  const waits: (() => Promise<void>)[] = [];
  let over = false;
  let steadyFrom = performance.now();
  let renewedAt = steadyFrom;
  const renew = async () => {
    if (over) return;
    await sql`
      insert into response_workers (worker, alive_until)
      values (${worker}, clock_timestamp() + make_interval(secs => ${leaseMs / 1_000}))
      on conflict (worker) do update set alive_until = excluded.alive_until`;
    const now = performance.now();
    if (now - renewedAt >= leaseMs) steadyFrom = now;
    renewedAt = now;
  };
  await renew();
  const timer = setInterval(() => {
    renew().catch((err) => log.warn({ err }, 'lease not renewed'));
  }, leaseMs / 3).unref();
  return {
    worker,
    isSteady: () => {
      const now = performance.now();
      return now - renewedAt < leaseMs && now - steadyFrom >= leaseMs;
    },
    keepUntil: (settled) => void waits.push(settled),
    end: async () => {
      await Promise.allSettled(waits.map((settled) => settled()));
      over = true;
      clearInterval(timer);
      await sql`delete from response_workers where worker = ${worker}`;
    },
  };
}
