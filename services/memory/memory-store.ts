import { randomBytes } from 'node:crypto';
import type { Sql, TransactionSql } from '../kit/database.ts';
import type { ExtractionLease } from './extraction-lease.ts';
import { type Fact, factKey } from './fact.ts';
import type { CaptionedMemory } from './relevance.ts';

export interface Memory extends CaptionedMemory {
  readonly full_text: string;
  /** RFC 3339, UTC, microseconds: as fine as the order of the memories. */
  readonly created_at: string;
}

export interface StoredExtraction {
  readonly saved: readonly Omit<Memory, 'full_text'>[];
  readonly total: number;
}

export interface MemoryChanges {
  readonly caption: string | undefined;
  readonly fullText: string | undefined;
}

const keepMarksDays = 30;

/**
 * Stores the facts of a leased extraction, marks it as done and drops the oldest memories beyond `max`: all of it or
 * nothing. Undefined when the lease has passed to somebody else.
 */
export async function storeExtraction(
  sql: Sql,
  lease: ExtractionLease,
  facts: readonly Fact[],
  max: number,
): Promise<StoredExtraction | undefined> {
  const { userId } = lease;
  return await sql.begin(async (tx) => {
    // Otherwise two extractions could each trim what they see and both keep too many.
    await lockMemories(tx, userId);
    const marked = await tx`
      update memory_extractions set processed_at = clock_timestamp(), memories_extracted = ${facts.length}
      where user_id = ${userId} and conversation_hash = ${lease.hash}
        and claim_id = ${lease.claimId} and processed_at is null
      returning 1`;
    if (marked.length === 0) return undefined;
    const saved: Omit<Memory, 'full_text'>[] = [];
    const forgotten = await forgottenKeys(tx, userId, facts);
    for (const fact of facts.filter((each) => !forgotten.has(factKey(each)))) {
      saved.push(
        ...(await tx<Omit<Memory, 'full_text'>[]>`
          insert into memories (id, user_id, caption, full_text, fact_key)
          values (${newId()}, ${userId}, ${fact.caption}, ${fact.fullText}, ${factKey(fact)})
          on conflict (user_id, fact_key) do nothing
          returning id, caption, ${createdAt(tx)}`),
      );
    }
    const dropped = await tx<{ id: string }[]>`
      delete from memories where seq in (
        select seq from memories where user_id = ${userId}
        order by memories.created_at desc, seq desc offset ${max})
      returning id`;
    const gone = new Set(dropped.map(({ id }) => id));
    return { saved: saved.filter(({ id }) => !gone.has(id)), total: await countMemories(tx, userId) };
  });
}

/** How many memories a user has. */
export async function countMemories(sql: Sql | TransactionSql, userId: string): Promise<number> {
  const [row] = await sql<{ total: number }[]>`
    select count(*)::int as total from memories where user_id = ${userId}`;
  return row?.total ?? 0;
}

/** One page of a user's memories, newest first. */
export async function listMemories(
  sql: Sql,
  userId: string,
  limit: number,
  offset: number,
): Promise<Memory[]> {
  return await sql<Memory[]>`
    select id, caption, full_text, ${createdAt(sql)} from memories where user_id = ${userId}
    order by memories.created_at desc, seq desc limit ${limit} offset ${offset}`;
}

/** Those of the named memories that are the user's, newest first; the others are left out. */
export async function findMemories(sql: Sql, userId: string, ids: readonly string[]): Promise<Memory[]> {
  return await sql<Memory[]>`
    select id, caption, full_text, ${createdAt(sql)} from memories
    where user_id = ${userId} and id = any(${[...ids]})
    order by memories.created_at desc, seq desc`;
}

/** All memories of a user without their texts, newest first. */
export async function listCaptions(sql: Sql, userId: string): Promise<CaptionedMemory[]> {
  return await sql<CaptionedMemory[]>`
    select id, caption from memories where user_id = ${userId} order by memories.created_at desc, seq desc`;
}

/** Changes only the given fields, in one statement: two edits of different fields never undo each other. */
export async function updateMemory(
  sql: Sql,
  userId: string,
  id: string,
  changes: MemoryChanges,
): Promise<Memory | undefined> {
  const [memory] = await sql<Memory[]>`
    update memories set
      caption = coalesce(${changes.caption ?? null}, caption),
      full_text = coalesce(${changes.fullText ?? null}, full_text)
    where id = ${id} and user_id = ${userId}
    returning id, caption, full_text, ${createdAt(sql)}`;
  return memory;
}

/** True if there was such a memory. What it said is not remembered again; see {@link forgottenKeys}. */
export async function deleteMemory(sql: Sql, userId: string, id: string): Promise<boolean> {
  return await sql.begin(async (tx) => {
    await lockMemories(tx, userId);
    const deleted = await tx`
      with gone as (
        delete from memories where id = ${id} and user_id = ${userId} returning user_id, fact_key
      )
      insert into forgotten_facts (user_id, fact_key) select user_id, fact_key from gone
      on conflict (user_id, fact_key) do update set forgotten_at = excluded.forgotten_at
      returning 1`;
    return deleted.length > 0;
  });
}

/** Marks of extractions stay: a repeated request must not bring back what was cleared after it. */
export async function clearMemories(sql: Sql, userId: string): Promise<void> {
  await sql.begin(async (tx) => {
    await lockMemories(tx, userId);
    await tx`
      with gone as (
        delete from memories where user_id = ${userId} returning user_id, fact_key
      )
      insert into forgotten_facts (user_id, fact_key) select user_id, fact_key from gone
      on conflict (user_id, fact_key) do update set forgotten_at = excluded.forgotten_at`;
  });
}

/** Marks and forgotten facts matter as long as their conversations go on; then they go, hashes though they are. */
export async function forgetOldMarks(sql: Sql): Promise<void> {
  await sql`delete from memory_extractions where processed_at < now() - make_interval(days => ${keepMarksDays})`;
  await sql`delete from forgotten_facts where forgotten_at < now() - make_interval(days => ${keepMarksDays})`;
}

/**
 * Those facts that the user has deleted: a conversation comes again with each of its turns, and would bring them back.
 */
async function forgottenKeys(
  tx: TransactionSql,
  userId: string,
  facts: readonly Fact[],
): Promise<ReadonlySet<string>> {
  const rows = await tx<{ fact_key: string }[]>`
    select fact_key from forgotten_facts
    where user_id = ${userId} and fact_key = any(${facts.map(factKey)})`;
  return new Set(rows.map((row) => row.fact_key));
}

/** One writer per user until the end of the transaction, with a fresh look at what the one before has left. */
async function lockMemories(tx: TransactionSql, userId: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`memories:${userId}`}, 0))`;
}

function createdAt(sql: Sql | TransactionSql) {
  return sql`to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at`;
}

function newId(): string {
  return `mem_${randomBytes(8).toString('hex')}`;
}
