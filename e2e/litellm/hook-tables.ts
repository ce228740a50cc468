import type { Sql } from 'postgres';

/** What the callback noted of a request at one stage of its life. */
export interface Sight {
  readonly requestId: string;
  readonly op: string;
  readonly stage: 'pre_call' | 'success' | 'failure';
  /** How often this request was seen at this stage. */
  readonly times: number;
  readonly pid: number;
}

export async function sightsOf(sql: Sql, ops: readonly string[]): Promise<readonly Sight[]> {
  return await sql<Sight[]>`
    select request_id as "requestId", op, stage, times, pid from hooks.seen
    where op = any(${[...ops]}) order by seen_at`;
}

/** How often the callback was loaded by each worker of a service of the run, by the worker's pid. */
export async function loadsOf(
  sql: Sql,
  run: string,
  service = 'litellm',
): Promise<ReadonlyMap<number, number>> {
  const rows = await sql<{ pid: number; loads: number }[]>`
    select pid, count(*)::int as loads from hooks.loads where run = ${run} and service = ${service} group by pid`;
  return new Map(rows.map(({ pid, loads }) => [pid, loads]));
}

/** How often a user's state was changed. */
export async function versionOf(sql: Sql, user: string): Promise<number> {
  const [row] = await sql<{ version: string }[]>`
    select version from hooks.states where subject = ${`user:${user}`}`;
  return Number(row?.version ?? 0);
}
