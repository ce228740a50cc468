import type { Sql } from '../../kit/database.ts';

export interface Vote {
  readonly promptId: string;
  readonly winner: 'A' | 'B' | 'tie' | 'both_bad';
  /** User id, or the client's address. */
  readonly voter: string;
}

export type VoteResult =
  | { readonly kind: 'recorded'; readonly modelA: string; readonly modelB: string }
  | { readonly kind: 'unknown' | 'voted_already' | 'too_early' | 'rate_limited' };

export interface VoteRules {
  /** Younger matchups can't have been read yet. */
  readonly minAgeMs: number;
  readonly maxPerHour: number;
}

const minSessionAgeMs = 3_600_000;
/** Anything smaller is a Unix time in seconds: in milliseconds it would lie in January 1970. */
const smallestMs = 100_000_000_000;

/**
 * Records a vote once. The matchup's row is locked against a second vote for it, and an advisory lock lines up the
 * votes of one voter, so that the limit holds whichever workers they come in through.
 */
export function recordVote(
  sql: Sql,
  { promptId, winner, voter }: Vote,
  rules: VoteRules,
): Promise<VoteResult> {
  return sql.begin(async (tx): Promise<VoteResult> => {
    const [matchup] = await tx<{ model_a: string; model_b: string; too_early: boolean }[]>`
      select model_a, model_b,
        created_at > clock_timestamp() - make_interval(secs => ${rules.minAgeMs / 1_000}) as too_early
      from arena_matchups where prompt_id = ${promptId} for update`;
    if (matchup === undefined) return { kind: 'unknown' };
    const [vote] = await tx`select 1 from arena_votes where prompt_id = ${promptId}`;
    if (vote !== undefined) return { kind: 'voted_already' };
    if (matchup.too_early) return { kind: 'too_early' };
    await tx`select pg_advisory_xact_lock(hashtextextended(${`vote:${voter}`}, 0))`;
    const recorded = await tx`
      insert into arena_votes (prompt_id, winner, voter)
      select ${promptId}, ${winner}, ${voter}
      where (
        select count(*) from arena_votes
        where voter = ${voter} and created_at > clock_timestamp() - interval '1 hour'
      ) < ${rules.maxPerHour}
      returning prompt_id`;
    if (recorded.length === 0) return { kind: 'rate_limited' };
    return { kind: 'recorded', modelA: matchup.model_a, modelB: matchup.model_b };
  });
}

/** True for a session younger than one hour; its start comes in seconds or milliseconds since 1970. */
export function sessionTooYoung(createdAt: number, nowMs: number): boolean {
  const createdAtMs = createdAt < smallestMs ? createdAt * 1_000 : createdAt;
  return nowMs - createdAtMs < minSessionAgeMs;
}
