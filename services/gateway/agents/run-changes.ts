import type { TransactionSql } from '../../kit/database.ts';
import { type OpenaiError, openaiError } from '../../kit/openai-error.ts';
import type { WorkerLease } from '../worker-lease.ts';
import { type AgentRun, isResumable, isRunId, runNotFound } from './agent-run.ts';
import type { AgentSettings } from './agent-settings.ts';
import { addMessage, beginAttempt, endRun, type NewMessage, tellStatus } from './attempts.ts';
import { type RunLog, stopChannel } from './run-log.ts';
import { outputOf } from './run-store.ts';

/** The worker that changes a run, and would run it. */
export interface Changer {
  readonly log: RunLog;
  readonly lease: Pick<WorkerLease, 'worker' | 'isSteady'>;
  readonly settings: AgentSettings;
}

/** A run after a change; `begun` when this worker has to run it now. */
export interface Changed {
  readonly run: AgentRun;
  readonly begun: boolean;
  /** Of the message that was added. */
  readonly messageId?: number;
}

const maxMessages = 1_000;
const maxHistoryBytes = 8 * 1024 * 1024;

/** Adds a run that this worker runs. Throws 429 for one more than a tenant may have at a time. */
export async function startRun(
  tx: TransactionSql,
  { lease, settings, log }: Changer,
  { id, tenant, agent, message }: NewRun,
): Promise<Changed> {
  await admit(tx, tenant, settings);
  const [run] = await tx<AgentRun[]>`
    insert into agent_runs (id, tenant, agent, status, runner)
    values (${id}, ${tenant}, ${agent}, 'running', ${lease.worker}) returning *`;
  await tellStatus(tx, log, run as AgentRun);
  const messageId = await addMessage(tx, log, run as AgentRun, 'user', message);
  return { run: run as AgentRun, begun: true, messageId };
}

export interface NewRun {
  readonly id: string;
  readonly tenant: string;
  readonly agent: string;
  readonly message: NewMessage;
}

/**
 * Has the latest message of a run answered anew, by this worker. A run that is under way, or complete, is left as it is: of
 * two resumptions one begins an attempt, whichever workers they come to. Throws 404 and 429.
 */
export async function resumeRun(
  tx: TransactionSql,
  changer: Changer,
  tenant: string,
  id: string,
): Promise<Changed> {
  const run = await lockRun(tx, changer, tenant, id);
  if (!isResumable(run.status)) return { run, begun: false };
  await admit(tx, tenant, changer.settings);
  return {
    run: await beginAttempt(tx, changer.log, run, { turn: run.turn, worker: changer.lease.worker }),
    begun: true,
  };
}

/**
 * Adds a message to a run and has it answered by this worker. What an unfinished answer had come to stays in the
 * conversation. Throws 404, 409 `run_active` while the run is under way, 400 `run_too_long`, 429.
 */
export async function continueRun(
  tx: TransactionSql,
  changer: Changer,
  tenant: string,
  id: string,
  message: NewMessage,
): Promise<Changed> {
  const run = await lockRun(tx, changer, tenant, id);
  if (run.status === 'running') throw active();
  await admit(tx, tenant, changer.settings);
  const [{ messages, bytes } = { messages: 0, bytes: 0 }] = await tx<{ messages: number; bytes: number }[]>`
    select count(*)::int as messages, coalesce(sum(octet_length(content::text)), 0)::int as bytes
    from agent_messages where run = ${id}`;
  if (messages + 2 > maxMessages || bytes + Buffer.byteLength(message.content) > maxHistoryBytes) {
    throw openaiError(400, 'The run has too many messages.', 'invalid_request_error', 'run_too_long');
  }
  if (run.status !== 'completed') {
    const said = await outputOf(tx, run);
    if (said !== '')
      await addMessage(tx, changer.log, run, 'agent', { content: said, capability: null, label: null });
  }
  const next = await beginAttempt(tx, changer.log, run, { turn: run.turn + 1, worker: changer.lease.worker });
  const messageId = await addMessage(tx, changer.log, next, 'user', message);
  return { run: next, begun: true, messageId };
}

/** Ends a run that is under way as `stopped`; the worker that runs it is told. Others are left as they are. Throws 404. */
export async function stopRun(
  tx: TransactionSql,
  log: RunLog,
  tenant: string,
  id: string,
): Promise<AgentRun> {
  const run = await lockRun(tx, undefined, tenant, id);
  if (run.status !== 'running') return run;
  const stopped = await endRun(tx, log, run, 'stopped');
  await tx`select pg_notify(${stopChannel}, ${id})`;
  return stopped;
}

/**
 * The run, locked for a change. One whose worker is gone is `interrupted` first, if `changer` can tell. Throws 404.
 */
async function lockRun(
  tx: TransactionSql,
  changer: Changer | undefined,
  tenant: string,
  id: string,
): Promise<AgentRun> {
  if (!isRunId(id)) throw runNotFound(id);
  // Before the row: whoever holds a run never waits for its tenant.
  if (changer) await lockTenant(tx, tenant);
  const [run] = await tx<(AgentRun & { readonly orphaned: boolean })[]>`
    select r.*, not exists (
      select from response_workers w where w.worker = r.runner and alive_until > clock_timestamp()
    ) as orphaned
    from agent_runs r where id = ${id} and tenant = ${tenant} for no key update`;
  if (run === undefined) throw runNotFound(id);
  const isOver = changer && run.status === 'running' && run.orphaned && changer.lease.isSteady();
  return isOver ? endRun(tx, changer.log, run, 'interrupted') : run;
}

/** One at a time for each tenant, so that the limit is exact over all workers. */
async function admit(tx: TransactionSql, tenant: string, { maxPerTenant }: AgentSettings): Promise<void> {
  await lockTenant(tx, tenant);
  const [{ running } = { running: 0 }] = await tx<{ running: number }[]>`
    select count(*)::int as running from agent_runs where tenant = ${tenant} and status = 'running'`;
  if (running >= maxPerTenant) throw tooManyRuns(`at most ${maxPerTenant} agent runs at a time`);
}

const lockTenant = (tx: TransactionSql, tenant: string) =>
  tx`select pg_advisory_xact_lock(hashtextextended(${`agent-runs:${tenant}`}, 0))`;

export function tooManyRuns(limit: string): OpenaiError {
  const error = openaiError(429, `There can be ${limit}.`, 'rate_limit_error', 'too_many_runs');
  error.retryAfter = '1';
  return error;
}

function active(): OpenaiError {
  const message = 'The agent is still answering; stop it, or wait for its end.';
  const error = openaiError(409, message, 'invalid_request_error', 'run_active');
  error.retryAfter = '1';
  return error;
}
