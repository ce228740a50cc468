import { createHash, randomBytes } from 'node:crypto';
import type { Sql } from '../../kit/database.ts';

/** Two competitors that answered the same prompt, in the order in which the client sees them. */
export interface Matchup {
  readonly promptId: string;
  readonly promptHash: string;
  readonly modelA: string;
  readonly modelB: string;
}

/** A matchup with an id that nobody can guess; the models in the order in which the client sees their answers. */
export function newMatchup(prompt: string, [modelA, modelB]: readonly [string, string]): Matchup {
  return {
    promptId: `arena-${randomBytes(8).toString('hex')}`,
    promptHash: promptHash(prompt),
    modelA,
    modelB,
  };
}

/** SHA-256 of the prompt with its white space normalised, so that the same question counts as the same. */
export function promptHash(prompt: string): string {
  return createHash('sha256').update(prompt.trim().replaceAll(/\s+/g, ' ')).digest('hex');
}

/** Picks two different entries, each pair and order equally likely; `randomInt(n)` gives 0..n-1. */
export function pickPair<T>(
  entries: readonly T[],
  randomInt: (below: number) => number,
): readonly [T, T] | undefined {
  if (entries.length < 2) return undefined;
  const first = randomInt(entries.length);
  const second = (first + 1 + randomInt(entries.length - 1)) % entries.length;
  return [entries[first] as T, entries[second] as T];
}

/** Stores a matchup, so that a vote on it may come to any worker. */
export async function saveMatchup(
  sql: Sql,
  { promptId, promptHash, modelA, modelB }: Matchup,
): Promise<void> {
  await sql`
    insert into arena_matchups (prompt_id, prompt_hash, model_a, model_b)
    values (${promptId}, ${promptHash}, ${modelA}, ${modelB})`;
}

/** Nobody votes on a matchup after a week; one with its vote stays, for a second vote must be refused. */
export async function forgetOldMatchups(sql: Sql): Promise<void> {
  await sql`
    delete from arena_matchups where prompt_id in (
      select prompt_id from arena_matchups m
      where created_at < now() - interval '7 days'
        and not exists (select 1 from arena_votes v where v.prompt_id = m.prompt_id)
      for update skip locked)`;
}
