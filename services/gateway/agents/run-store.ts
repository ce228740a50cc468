import type { Sql, TransactionSql } from '../../kit/database.ts';
import { type AgentMessage, type AgentRun, isRunId, type RunStatus } from './agent-run.ts';

/** What is asked of a list of runs. */
export interface RunQuery {
  readonly status: RunStatus | undefined;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  /** The run before the page. */
  readonly after: AgentRun | undefined;
}

type Queries = Sql | TransactionSql;

export async function findRun(sql: Queries, tenant: string, id: string): Promise<AgentRun | undefined> {
  if (!isRunId(id)) return undefined;
  const [run] = await sql<AgentRun[]>`select * from agent_runs where id = ${id} and tenant = ${tenant}`;
  return run;
}

/** The runs of a tenant in the order of their beginning; one more than asked for, if there are more. */
export async function listRuns(
  sql: Queries,
  tenant: string,
  { status, limit, order, after }: RunQuery,
): Promise<readonly AgentRun[]> {
  const isLater = order === 'asc' ? sql`>` : sql`<`;
  const rest = after
    ? sql`and position ${isLater} (select position from agent_runs where id = ${after.id})`
    : sql``;
  return sql<AgentRun[]>`
    select * from agent_runs
    where tenant = ${tenant} ${status === undefined ? sql`` : sql`and status = ${status}`} ${rest}
    order by position ${order === 'asc' ? sql`asc` : sql`desc`} limit ${limit + 1}`;
}

/** Oldest first. */
export async function messagesOf(sql: Queries, id: string): Promise<readonly AgentMessage[]> {
  return sql<AgentMessage[]>`
    select position as id, role, content, turn, capability, label, created_at
    from agent_messages where run = ${id} order by position`;
}

/** What the latest attempt has come to: the whole answer of a run that is complete. */
export async function outputOf(
  sql: Queries,
  { id, turn, attempt }: Pick<AgentRun, 'id' | 'turn' | 'attempt'>,
): Promise<string> {
  // One statement, one snapshot: pieces are deleted when the whole answer is written.
  const rows = await sql<{ text: string }[]>`
    select content as text, 0 as sequence from agent_messages
    where run = ${id} and turn = ${turn} and role = 'agent'
    union all
    select text, sequence from agent_output where run = ${id} and attempt = ${attempt}
    order by sequence`;
  return rows.map(({ text }) => text).join('');
}
