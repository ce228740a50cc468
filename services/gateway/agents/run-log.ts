import type { Sql, TransactionSql } from '../../kit/database.ts';
import { databaseAnswer } from '../../kit/database-answer.ts';
import type { EventLog } from '../event-log/event-log.ts';
import { type RunEvent, type RunStatus, runNotFound } from './agent-run.ts';
import { findRun } from './run-store.ts';

/** Where the logs of runs are kept. */
export type RunLog = Pick<EventLog, 'append' | 'lastId' | 'follow' | 'remove'>;

/** News here are about the id of a run that was stopped. */
export const stopChannel = 'gateway_agents';

export const streamOf = (id: string): string => `agent:${id}`;

/** Adds to the log of a run, in the transaction that changes the run. */
export async function appendRunEvents(
  tx: TransactionSql,
  log: RunLog,
  id: string,
  events: readonly RunEvent[],
): Promise<void> {
  await log.append(
    tx,
    streamOf(id),
    events.map((event) => ({ type: event.type, data: event })),
  );
}

/** A line of a log as clients get it: those without an id are not part of the log. */
export interface LogLine {
  readonly id?: number;
  /** JSON, with a `type`. */
  readonly data: string;
}

/**
 * The log of a run after the id `after`, live until the run is not under way and all is told: then a line `end` comes last.
 * Without it the log was broken off. Throws 404.
 */
export async function* followRun(
  { sql, log }: { readonly sql: Sql; readonly log: RunLog },
  tenant: string,
  id: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<LogLine, void> {
  const run = await databaseAnswer(findRun(sql, tenant, id));
  if (run === undefined) throw runNotFound(id);
  yield { data: JSON.stringify({ type: 'connected', session_id: id, status: run.status }) };
  const left = new AbortController();
  const events = log.follow(streamOf(id), after, AbortSignal.any([signal, left.signal]));
  try {
    const status = await endedAt(after);
    if (status !== undefined) return yield { data: endLine(status) };
    for await (const event of events) {
      const isReset = event.type === 'reset';
      yield { id: event.id, data: isReset ? resetLine(event.data) : event.data };
      if (event.type !== 'status' && !isReset) continue;
      const ended = await endedAt(event.id);
      if (ended !== undefined) return yield { data: endLine(ended) };
    }
  } finally {
    left.abort();
  }

  /** How the run has ended, if all up to the id `seen` is all there is. The status is looked at before the log grows on. */
  async function endedAt(seen: number): Promise<RunStatus | undefined> {
    const now = await databaseAnswer(findRun(sql, tenant, id));
    if (now === undefined || now.status === 'running') return undefined;
    return (await databaseAnswer(log.lastId(sql, streamOf(id)))) === seen ? now.status : undefined;
  }
}

const endLine = (status: RunStatus): string => JSON.stringify({ type: 'end', status });

const resetLine = (data: string): string => JSON.stringify({ type: 'reset', ...JSON.parse(data) });
