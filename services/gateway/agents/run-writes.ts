import type { Sql, TransactionSql } from '../../kit/database.ts';
import { json } from '../responses/store/response-row.ts';
import type { AgentRun, RunStatus } from './agent-run.ts';
import { addMessage, type Ending, endRun } from './attempts.ts';
import { appendRunEvents, type RunLog } from './run-log.ts';

/** Written as JSON, six times as long at worst, it still is an event. */
const maxPieceLength = 65_536;

/** What an agent says, in pieces as they come. */
export interface Piece {
  readonly type: 'output' | 'reasoning';
  readonly text: string;
}

/** Pieces that are written together; `sequence` counts them within an attempt. */
export interface Batch {
  readonly sequence: number;
  readonly pieces: readonly Piece[];
}

/** An attempt as its runner knows it: while nobody else has changed the run, it may write. */
export type Attempt = Pick<AgentRun, 'id' | 'turn' | 'attempt' | 'runner'>;

/** Where runs are kept. */
export interface Stored {
  readonly sql: Sql;
  readonly log: RunLog;
}

/** Keeps what the agent has said, once however often it is tried. False, and nothing kept, when the run is not `attempt`'s any more. */
export async function writeOutput(
  { sql, log }: Stored,
  attempt: Attempt,
  { sequence, pieces }: Batch,
): Promise<boolean> {
  return sql.begin(async (tx) => {
    if ((await owned(tx, attempt)) === undefined) return false;
    const text = pieces.map((piece) => (piece.type === 'output' ? piece.text : '')).join('');
    const added = await tx`
      insert into agent_output (run, attempt, sequence, text)
      values (${attempt.id}, ${attempt.attempt}, ${sequence}, ${json(text)}::text::json)
      on conflict do nothing returning sequence`;
    if (added.length === 0) return true;
    const events = joined(pieces).map((piece) => ({ ...piece, attempt: attempt.attempt }));
    await appendRunEvents(tx, log, attempt.id, events);
    return true;
  });
}

export interface AttemptEnding extends Ending {
  /** The whole of it. */
  readonly answer?: string;
}

/** Ends an attempt; with `answer` it is complete. False when the run is not `attempt`'s any more. */
export async function writeEnd(
  { sql, log }: Stored,
  attempt: Attempt,
  status: RunStatus,
  { answer, ...ending }: AttemptEnding = {},
): Promise<boolean> {
  return sql.begin(async (tx) => {
    const run = await owned(tx, attempt);
    if (run === undefined) return false;
    if (answer !== undefined) {
      await addMessage(tx, log, run, 'agent', { content: answer, capability: null, label: null });
      await tx`delete from agent_output where run = ${run.id}`;
    }
    await endRun(tx, log, run, status, ending);
    return true;
  });
}

export async function isOwned(sql: Sql, { id, attempt, runner }: Attempt): Promise<boolean> {
  const rows = await sql`
    select from agent_runs
    where id = ${id} and runner = ${runner} and attempt = ${attempt} and status = 'running'`;
  return rows.length === 1;
}

async function owned(tx: TransactionSql, { id, attempt, runner }: Attempt): Promise<AgentRun | undefined> {
  const [run] = await tx<AgentRun[]>`
    select * from agent_runs
    where id = ${id} and runner = ${runner} and attempt = ${attempt} and status = 'running' for no key update`;
  return run;
}

/** Neighbours of one type are one piece, and what is longer than an event may be is several. */
export function joined(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    for (const { type, text } of cut(piece)) {
      const last = result.at(-1);
      const fits = last?.type === type && last.text.length + text.length <= maxPieceLength;
      if (fits) result[result.length - 1] = { type, text: last.text + text };
      else result.push({ type, text });
    }
  }
  return result;
}

/** No character is cut into its halves. */
function cut({ type, text }: Piece): readonly Piece[] {
  if (text.length <= maxPieceLength) return [{ type, text }];
  const isPair = /[\ud800-\udbff]/.test(text.charAt(maxPieceLength - 1));
  const at = isPair ? maxPieceLength - 1 : maxPieceLength;
  return [{ type, text: text.slice(0, at) }, ...cut({ type, text: text.slice(at) })];
}
