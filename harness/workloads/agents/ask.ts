import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, type Client, type Frame, notDone } from '../workload.ts';
import { type AgentsRun, isEnd, type RunShown } from './run.ts';

const pollMs = 25;

/** The JSON of an answer as a run; empty when it is none. */
export function runIn(answer: Answer): RunShown {
  try {
    return answer.json<RunShown | null>() ?? {};
  } catch {
    return {};
  }
}

type Asker = Pick<AgentsRun, 'headers'>;

export const startRun = (client: Client, body: object, { headers }: Asker, key?: string): Promise<Answer> =>
  client.request({
    path: '/agent/start',
    body,
    headers: key === undefined ? headers : { ...headers, 'idempotency-key': key },
  });

export const statusOf = (client: Client, id: string, { headers }: Asker): Promise<Answer> =>
  client.request({ path: `/agent/${id}/status`, headers });

export const change = (
  client: Client,
  id: string,
  what: 'stop' | 'resume',
  { headers }: Asker,
): Promise<Answer> => client.request({ path: `/agent/${id}/${what}`, method: 'POST', headers });

/** Asks until nobody works on a run any more, or it is too late; an answer that is no status ends the asking as well. */
export async function untilEnded(
  client: Client,
  id: string,
  run: Asker,
  until = Number.POSITIVE_INFINITY,
): Promise<Answer> {
  for (;;) {
    const answer = await statusOf(client, id, run);
    const { status } = runIn(answer);
    if (answer.status !== 200 || status === undefined || isEnd(status)) return answer;
    if (performance.now() >= until) return answer;
    await delay(pollMs);
  }
}

/** Asks again as long as the agent is still answering. */
export async function whileBusy(ask: () => Promise<Answer>, boundMs = 4_000): Promise<Answer> {
  const deadline = performance.now() + boundMs;
  for (;;) {
    const answer = await ask();
    if (answer.status !== 409) return answer;
    // Whoever is refused to the end has said nothing.
    if (performance.now() > deadline) throw notDone('the agent was answering all the time');
    await delay(2 * pollMs);
  }
}

/** A line of a log: text, the end of a run that is complete, or another end. */
export function logFrame(data: string): Frame | undefined {
  const line = lineIn(data);
  if (line === undefined) return { error: `no line of a log: ${data.slice(0, 80)}` };
  if (line.type === 'output') return { text: String(line.text) };
  if (line.type !== 'end') return undefined;
  return line.status === 'completed' ? { done: true } : { error: `the run is ${String(line.status)}` };
}

/** A line of a log with its id. */
export interface LogLine {
  readonly id: number;
  readonly type: string;
  readonly status?: string;
  readonly attempt?: number;
  readonly text?: string;
}

/** The lines of a log that have ids, in their order. */
export const linesIn = (body: string): readonly LogLine[] =>
  body.split('\n\n').flatMap((frame) => {
    const id = /^id: (\d+)$/m.exec(frame)?.[1];
    const line = lineIn(/^data: (.*)$/m.exec(frame)?.[1] ?? '');
    return id === undefined || line === undefined ? [] : [{ ...line, id: Number(id) }];
  });

/**
 * What is wrong with a whole log: its ids rise by one from the first, an attempt begins only when the one before is over, and
 * nothing is said between attempts.
 */
export function wrongIn(lines: readonly LogLine[], from = 1): string | undefined {
  let running: number | undefined;
  for (const [at, { id, type, status, attempt }] of lines.entries()) {
    if (id !== from + at) return `the line after ${from + at - 1} has the id ${id}`;
    if (type === 'output' && attempt !== running) return `attempt ${attempt} speaks, not ${running}`;
    if (type !== 'status') continue;
    if (status !== 'running') running = undefined;
    else if (running !== undefined) return `attempt ${attempt} begins before ${running} is over`;
    else running = attempt;
  }
  return undefined;
}

/** What an attempt says in a log. */
export const saidIn = (lines: readonly LogLine[], attempt: number | undefined): string =>
  lines.map((line) => (line.type === 'output' && line.attempt === attempt ? (line.text ?? '') : '')).join('');

function lineIn(data: string): Omit<LogLine, 'id'> | undefined {
  try {
    const line = JSON.parse(data) as Omit<LogLine, 'id'> | null;
    return typeof line === 'object' && line !== null && typeof line.type === 'string' ? line : undefined;
  } catch {
    return undefined;
  }
}
