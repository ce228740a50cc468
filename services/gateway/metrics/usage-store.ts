import type { Sql } from '../../kit/database.ts';
import type { UsageBatch } from './usage-journal.ts';
import { emptyTally, type UsageTallies } from './usage-tally.ts';

interface UsageRow {
  readonly provider: string;
  readonly success: string;
  readonly failure: string;
  readonly cancelled: string;
  readonly unmetered: string;
  readonly input_tokens: string;
  readonly output_tokens: string;
  readonly latencies: readonly (readonly [bucket: number, count: number])[] | null;
}

/** After this time no batch of a worker that has gone can still be on its way. */
const writerLife = '1 hour';

/**
 * Adds a batch to the totals in one statement, and once: a number that `writer` has used before changes nothing. Rows are
 * taken in the order of their keys, one table after the other, so that workers that write at the same time wait for each
 * other and never in a circle.
 */
export async function addUsage(sql: Sql, writer: string, { number, tallies }: UsageBatch): Promise<void> {
  const usage = [...tallies].map(([provider, { latencies: _, ...counts }]) => ({ provider, ...counts }));
  const latencies = [...tallies].flatMap(([provider, tally]) =>
    [...tally.latencies].map(([bucket, count]) => ({ provider, bucket, count })),
  );
  await sql`
    with fresh as (
      insert into usage_writers as known (writer, last_batch) values (${writer}, ${number})
      on conflict (writer) do update set last_batch = excluded.last_batch, written_at = clock_timestamp()
      where known.last_batch < excluded.last_batch
      returning writer
    ), counted as (
      insert into provider_usage as total
      select provider, success, failure, cancelled, unmetered, "inputTokens", "outputTokens"
      from fresh, jsonb_to_recordset(${sql.json(usage)}) as batch (provider text, success bigint, failure bigint,
        cancelled bigint, unmetered bigint, "inputTokens" bigint, "outputTokens" bigint)
      order by provider
      on conflict (provider) do update set
        success = total.success + excluded.success,
        failure = total.failure + excluded.failure,
        cancelled = total.cancelled + excluded.cancelled,
        unmetered = total.unmetered + excluded.unmetered,
        input_tokens = total.input_tokens + excluded.input_tokens,
        output_tokens = total.output_tokens + excluded.output_tokens
    ), timed as (
      insert into provider_latencies as total
      select provider, bucket, count
      from fresh, jsonb_to_recordset(${sql.json(latencies)}) as batch (provider text, bucket smallint, count bigint)
      order by provider, bucket
      on conflict (provider, bucket) do update set count = total.count + excluded.count
    )
    select from fresh`;
  if (number === 1) {
    await sql`delete from usage_writers where written_at < clock_timestamp() - ${writerLife}::interval`;
  }
}

/** The totals of all upstreams that were ever asked, as of one moment. */
export async function readUsage(sql: Sql): Promise<UsageTallies> {
  const rows = await sql<UsageRow[]>`
    select *, (
      select json_agg(json_build_array(bucket, count)) from provider_latencies
      where provider_latencies.provider = provider_usage.provider
    ) as latencies
    from provider_usage order by provider`;
  return new Map(
    rows.map((row) => [
      row.provider,
      {
        ...emptyTally(),
        success: Number(row.success),
        failure: Number(row.failure),
        cancelled: Number(row.cancelled),
        unmetered: Number(row.unmetered),
        inputTokens: Number(row.input_tokens),
        outputTokens: Number(row.output_tokens),
        latencies: new Map(row.latencies ?? []),
      },
    ]),
  );
}
