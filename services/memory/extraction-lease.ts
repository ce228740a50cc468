import { randomUUID } from 'node:crypto';
import type { Sql } from '../kit/database.ts';

// Renewed while the model thinks; after a crash another caller takes over this much later.
const leaseSeconds = 5;
const renewEveryMs = 1_500;

/** The right to extract one conversation of one user; others wait for its end or expiry. */
export interface ExtractionKey {
  readonly userId: string;
  readonly hash: string;
}

export interface ExtractionLease extends ExtractionKey {
  readonly claimId: string;
}

/** The lease if nobody holds it, `done` if the conversation was extracted, `busy` while somebody works on it. */
export async function claimExtraction(
  sql: Sql,
  key: ExtractionKey,
): Promise<ExtractionLease | 'done' | 'busy'> {
  const claimId = randomUUID();
  const claimed = await sql`
    insert into memory_extractions as e (user_id, conversation_hash, claim_id, lease_until)
    values (${key.userId}, ${key.hash}, ${claimId}, now() + make_interval(secs => ${leaseSeconds}))
    on conflict (user_id, conversation_hash) do update
      set claim_id = excluded.claim_id, lease_until = excluded.lease_until
      where e.processed_at is null and e.lease_until < now()
    returning 1`;
  if (claimed.length > 0) return { ...key, claimId };
  const done = await sql`
    select 1 from memory_extractions
    where user_id = ${key.userId} and conversation_hash = ${key.hash} and processed_at is not null`;
  return done.length > 0 ? 'done' : 'busy';
}

/** Keeps a lease alive until the returned function is called. */
export function keepLease(sql: Sql, lease: ExtractionLease): () => void {
  const renew = () => sql`
    update memory_extractions set lease_until = now() + make_interval(secs => ${leaseSeconds})
    where user_id = ${lease.userId} and conversation_hash = ${lease.hash}
      and claim_id = ${lease.claimId} and processed_at is null`;
  // A failed renewal is no error yet: the end of the extraction checks the claim again.
  const timer = setInterval(() => void renew().catch(() => undefined), renewEveryMs);
  return () => clearInterval(timer);
}

/** Gives an unfinished lease up, so that the next caller need not wait for its expiry. */
export async function releaseLease(sql: Sql, lease: ExtractionLease): Promise<void> {
  await sql`
    delete from memory_extractions
    where user_id = ${lease.userId} and conversation_hash = ${lease.hash}
      and claim_id = ${lease.claimId} and processed_at is null`;
}

/** Removes leases whose holders crashed and whose callers never came back. */
export async function forgetLostLeases(sql: Sql): Promise<void> {
  await sql`delete from memory_extractions
    where processed_at is null and lease_until < now() - interval '1 hour'`;
}
