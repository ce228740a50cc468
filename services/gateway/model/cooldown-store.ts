import type { Sql } from '../../kit/database.ts';

/** A cooldown as it is stored and told to the workers. Times are epoch milliseconds of the database's clock. */
export interface Cooling {
  readonly scope: string;
  readonly reason: string;
  readonly untilMs: number;
  readonly nowMs: number;
}

export const cooldownChannel = 'gateway_cooldowns';

/** A failure this long after the end of a cooldown is a first one again. */
const forgetAfter = '10 minutes';

/** All cooldowns, those that are over included, with the database's clock. */
export async function readCoolings(
  sql: Sql,
): Promise<{ readonly nowMs: number; readonly coolings: readonly Cooling[] }> {
  const [row] = await sql<{ nowMs: number; coolings: Cooling[] }[]>`
    with clock as (select extract(epoch from clock_timestamp()) * 1000 as now)
    select clock.now::float8 as "nowMs", coalesce(
      (select json_agg(json_build_object('scope', scope, 'reason', reason,
        'untilMs', extract(epoch from until) * 1000, 'nowMs', clock.now)) from gateway.upstream_cooldowns),
      '[]') as coolings
    from clock`;
  if (row === undefined) throw new Error('the database does not tell the time');
  return row;
}

/**
 * Begins or prolongs a cooldown and tells all workers. Failures while it lasts, such as those of requests under way,
 * may prolong it but do not count: else many requests at once would make it the longest at once.
 */
export async function storeCooling(
  sql: Sql,
  scope: string,
  reason: string,
  baseMs: number,
  maxMs: number,
): Promise<Cooling> {
  const [row] = await sql<(Cooling & { told: string })[]>`
    with cooled as (
      insert into gateway.upstream_cooldowns as known (scope, reason, failures, until)
      values (${scope}, ${reason}, 1, clock_timestamp() + ${baseMs}::float8 * interval '1 millisecond')
      on conflict (scope) do update set (reason, failures, until) = (
        select excluded.reason, next.failures, greatest(known.until, clock_timestamp() + interval '1 millisecond'
          * least(${maxMs}::float8, ${baseMs}::float8 * power(2, least(next.failures, 30) - 1)))
        from (select case
          when known.until > clock_timestamp() then known.failures
          when known.until > clock_timestamp() - ${forgetAfter}::interval then known.failures + 1
          else 1 end as failures) as next)
      returning scope, reason, (extract(epoch from until) * 1000)::float8 as "untilMs",
        (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs")
    select cooled.*, pg_notify(${cooldownChannel}, row_to_json(cooled)::text)::text as told from cooled`;
  if (row === undefined) throw new Error('no cooldown was stored');
  return row;
}

/** Forgets cooldowns that are over: those named, or all that count for nothing any more. */
export async function deleteOver(sql: Sql, scopes?: readonly string[]): Promise<void> {
  if (scopes === undefined) {
    await sql`delete from gateway.upstream_cooldowns where until < clock_timestamp() - ${forgetAfter}::interval`;
  } else {
    await sql`
      delete from gateway.upstream_cooldowns where scope = any(${[...scopes]}) and until <= clock_timestamp()`;
  }
}
