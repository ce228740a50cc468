import type { TransactionSql } from '../../kit/database.ts';
import { json } from '../responses/store/response-row.ts';
import type { AgentRun, RunFailure, RunStatus } from './agent-run.ts';
import { appendRunEvents, type RunLog } from './run-log.ts';

/** A message of a conversation. */
export interface NewMessage {
  readonly content: string;
  /** What its label means, and the label as it was sent. */
  readonly capability: string | null;
  readonly label: string | null;
}

/** Has a worker begin an attempt: what the one before had come to is over. */
export async function beginAttempt(
  tx: TransactionSql,
  log: RunLog,
  { id }: AgentRun,
  { turn, worker }: { readonly turn: number; readonly worker: string },
): Promise<AgentRun> {
  const [run] = await tx<AgentRun[]>`
    update agent_runs set status = 'running', turn = ${turn}, attempt = attempt + 1, runner = ${worker},
      started_at = clock_timestamp(), updated_at = clock_timestamp(), ended_at = null, finish_reason = null, error = null
    where id = ${id} returning *`;
  await tx`delete from agent_output where run = ${id}`;
  await tellStatus(tx, log, run as AgentRun);
  return run as AgentRun;
}

/** Ends an attempt, in the run's row and in its log. */
export async function endRun(
  tx: TransactionSql,
  log: RunLog,
  { id }: AgentRun,
  status: RunStatus,
  { error, finishReason }: Ending = {},
): Promise<AgentRun> {
  const [ended] = await tx<AgentRun[]>`
    update agent_runs set status = ${status}, runner = null, ended_at = clock_timestamp(),
      updated_at = clock_timestamp(), finish_reason = ${finishReason ?? null},
      error = ${error === undefined ? null : json(error)}::text::json
    where id = ${id} returning *`;
  await tellStatus(tx, log, ended as AgentRun);
  return ended as AgentRun;
}

export interface Ending {
  readonly error?: RunFailure | undefined;
  readonly finishReason?: string | undefined;
}

/** Adds a message to the conversation and returns its id. */
export async function addMessage(
  tx: TransactionSql,
  log: RunLog,
  { id, turn }: AgentRun,
  role: 'user' | 'agent',
  { content, capability, label }: NewMessage,
): Promise<number> {
  const [{ position } = { position: 1 }] = await tx<{ position: number }[]>`
    insert into agent_messages (run, position, turn, role, capability, label, content)
    select ${id}, coalesce(max(position), 0) + 1, ${turn}, ${role}, ${capability}, ${label}, ${json(content)}::text::json
    from agent_messages where run = ${id} returning position`;
  if (role === 'user') await appendRunEvents(tx, log, id, [{ type: 'message', id: position, role, content }]);
  return position;
}

/** Tells the log how a run is now. */
export function tellStatus(tx: TransactionSql, log: RunLog, run: AgentRun): Promise<void> {
  const { id, status, turn, attempt, finish_reason, error } = run;
  const ending = {
    ...(finish_reason === null ? {} : { finish_reason }),
    ...(error === null ? {} : { error }),
  };
  return appendRunEvents(tx, log, id, [{ type: 'status', status, turn, attempt, ...ending }]);
}
