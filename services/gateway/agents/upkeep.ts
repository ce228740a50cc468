import type { WorkerLease } from '../worker-lease.ts';
import type { AgentRun } from './agent-run.ts';
import { endRun } from './attempts.ts';
import { streamOf } from './run-log.ts';
import type { Stored } from './run-writes.ts';

const maxAtOnce = 50;
const maxSwept = 500;

/** Runs whose workers are gone become `interrupted`. Returns their ids. */
export async function interruptOrphans(
  { sql, log }: Stored,
  lease: Pick<WorkerLease, 'isSteady'>,
): Promise<readonly string[]> {
  if (!lease.isSteady()) return [];
  return sql.begin(async (tx) => {
    const orphans = await tx<AgentRun[]>`
      select * from agent_runs r
      where status = 'running' and not exists (
        select from response_workers w where w.worker = r.runner and alive_until > clock_timestamp()
      )
      order by position limit ${maxAtOnce} for update skip locked`;
    for (const run of orphans) await endRun(tx, log, run, 'interrupted');
    return orphans.map(({ id }) => id);
  });
}

/**
 * Lets go of what this worker holds and does not run: its end could not be written. `running` is looked at after the
 * database: an id is in it from before its row is there until after its end.
 */
export async function letGoOfRuns(
  { sql, log }: Stored,
  worker: string,
  running: (id: string) => boolean,
): Promise<void> {
  const held = await sql<{ id: string; attempt: number }[]>`
    select id, attempt from agent_runs where status = 'running' and runner = ${worker}`;
  const lost = held.filter(({ id }) => !running(id));
  for (const { id, attempt } of lost) {
    await sql.begin(async (tx) => {
      const [run] = await tx<AgentRun[]>`
        select * from agent_runs
        where id = ${id} and attempt = ${attempt} and runner = ${worker} and status = 'running' for no key update`;
      if (run) await endRun(tx, log, run, 'interrupted');
    });
  }
}

/**
 * Deletes runs that nobody has touched for `keepHours`, with their logs; workers that sweep together pass each other's rows
 * over.
 */
export async function sweepRuns({ sql, log }: Stored, keepHours: number): Promise<void> {
  await sql.begin(async (tx) => {
    const swept = await tx<{ id: string }[]>`
      delete from agent_runs where id in (
        select id from agent_runs
        where status <> 'running' and updated_at < clock_timestamp() - make_interval(hours => ${keepHours})
        limit ${maxSwept} for update skip locked
      ) returning id`;
    if (swept.length > 0)
      await log.remove(
        tx,
        swept.map(({ id }) => streamOf(id)),
      );
  });
}
