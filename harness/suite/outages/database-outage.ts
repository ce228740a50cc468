import type { Sql } from 'postgres';
import { openDatabase } from '../database.ts';
import { restartService } from '../restart.ts';
import { skip } from '../skip.ts';
import { driver, service } from '../stack.ts';
import { until } from '../until.ts';
import type { StackFaults } from './stack-faults.ts';

/** Process ids of the connections that services have to the database. */
async function connectionsOf(sql: Sql): Promise<readonly number[]> {
  const rows = await sql<{ pid: number }[]>`
    select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`;
  return rows.map(({ pid }) => pid);
}

/** Whoever is asked here has a database of ours behind it. */
export function needsOwnDatabase(): void {
  if (service('postgres').remote) skip('the database runs elsewhere');
  for (const name of ['gateway', 'memory']) {
    if (!service(name).ours) skip(`the database of this ${name} is not known`);
  }
}

/** Ends the database in an orderly way and starts it again on its port. Resolves when it answers. */
export async function restartDatabase(): Promise<void> {
  if (driver() === 'compose') skip('the container keeps its data in memory: they do not outlive a restart');
  await endingAllConnections(() => restartService('postgres'));
}

/** Kills one of its processes, whereupon it ends all others and recovers. Resolves when it answers. */
export function crashDatabase(): Promise<void> {
  return endingAllConnections(async (sql) => {
    const died = await sql`copy (select 1) to program 'kill -9 $PPID'`.then(
      () => false,
      () => true,
    );
    if (!died) throw new Error('the process of the database survived');
  });
}

/** @throws when a connection of before is still there afterwards */
async function endingAllConnections(end: (sql: Sql) => Promise<void>): Promise<void> {
  const sql = openDatabase();
  try {
    const before = await connectionsOf(sql);
    if (before.length === 0) throw new Error('no service was connected to the database');
    await end(sql);
    await until('the database to answer', () => sql`select 1`.then(() => true).catch(() => false), 30_000);
    const left = (await connectionsOf(sql)).filter((pid) => before.includes(pid));
    if (left.length > 0) throw new Error(`connections ${left} outlived the database`);
  } finally {
    await sql.end();
  }
}

/**
 * Lets the database stand still for a while: nobody gets an answer of it. Without containers only the process that accepts
 * connections can be stopped, so those that are open are ended.
 *
 * @returns resolves when it goes on
 */
export async function freezeDatabase(
  faults: StackFaults,
  forMs: number,
): Promise<{ readonly over: Promise<void> }> {
  const sql = openDatabase();
  try {
    await sql`select 1`;
    const pause = { on: 'service', action: 'pause', service: 'postgres', revertAfterMs: forMs } as const;
    const { reverted } = await faults.apply(pause);
    if (driver() === 'compose') return { over: reverted };
    const ended = await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where backend_type = 'client backend' and pid <> pg_backend_pid()`;
    if (ended.length === 0) throw new Error('no service was connected to the database');
    return { over: reverted };
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/**
 * Lets the database refuse every write while `act` runs, as those who operate one do when its disk is full.
 */
export async function refusingWrites<T>(act: () => Promise<T>): Promise<T> {
  const sql = openDatabase();
  const setTo = async (value: 'on' | 'off') => {
    await sql.unsafe(`alter system set default_transaction_read_only = ${value}`);
    await sql`select pg_reload_conf()`;
  };
  try {
    await setTo('on');
    try {
      return await act();
    } finally {
      // This connection may be of those that must not write any more.
      await sql`set default_transaction_read_only = off`;
      await sql.unsafe('alter system reset default_transaction_read_only');
      await sql`select pg_reload_conf()`;
    }
  } finally {
    await sql.end();
  }
}
