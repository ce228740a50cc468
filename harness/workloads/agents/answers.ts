import { endOf, spoken, words } from '../chat-call.ts';
import { streamSeen, textOf } from '../chat-frame.ts';
import { type Answer, type Client, type Completion, completionOf, type Operation } from '../workload.ts';
import { change, linesIn, logFrame, runIn, saidIn, startRun, untilEnded, wrongIn } from './ask.ts';
import type { AgentsRun } from './run.ts';

const maxResumptions = 6;
const racers = 3;

/** Starts a run and follows its log to its end: a call with an answer in frames. */
export async function followed(client: Client, body: object, run: AgentsRun): Promise<Completion> {
  const begun = await startRun(client, body, run);
  const id = runIn(begun).session_id;
  if (begun.status !== 200 || id === undefined) return completionOf(begun);
  run.ids.set(latest, id);
  const answer = await client.stream({
    path: `/agent/${id}/logs`,
    method: 'GET',
    headers: run.headers,
    frame: logFrame,
  });
  const { status } = answer;
  const stream = streamSeen(answer);
  if (answer.timedOut) return { type: 'unknown', status, stream, timedOut: true, error: 'no end in time' };
  if (status !== 200) return completionOf(answer);
  const value = textOf(answer);
  return stream.complete
    ? { type: 'ok', status, value: wrongIn(linesIn(answer.text)) ?? value, stream }
    : { type: 'unknown', status, value, stream, error: endOf(answer) };
}

/** The key under which the run that was started last is noted. */
export const latest = 'latest';

/** Starts a run and resumes it until it is complete, whatever happens to it. */
export async function endured(client: Client, body: object, run: AgentsRun): Promise<Completion> {
  const begun = await startRun(client, body, run);
  const id = runIn(begun).session_id;
  if (begun.status !== 200 || id === undefined) return completionOf(begun);
  for (let resumptions = 0; ; resumptions += 1) {
    const answer = await untilEnded(client, id, run);
    const { status, output = '' } = runIn(answer);
    if (answer.status !== 200 || status === undefined) return unknownOf(answer);
    if (status === 'completed') return wholeOf(client, id, run, output);
    if (resumptions === maxResumptions) return { type: 'unknown', error: `it is ${status} all the same` };
    const resumed = await change(client, id, 'resume', run);
    if (resumed.status !== 200) return unknownOf(resumed);
  }
}

/** Starts a run, stops it, and resumes it several times at once: one attempt may begin. */
export async function raced(client: Client, body: object, run: AgentsRun): Promise<Completion> {
  const begun = await startRun(client, body, run);
  const id = runIn(begun).session_id;
  if (begun.status !== 200 || id === undefined) return completionOf(begun);
  const stopped = await change(client, id, 'stop', run);
  if (stopped.status !== 200) return unknownOf(stopped);
  const resumed = await Promise.all(Array.from({ length: racers }, () => change(client, id, 'resume', run)));
  const failed = resumed.find(({ status }) => status !== 200);
  if (failed) return unknownOf(failed);
  const answer = await untilEnded(client, id, run);
  const { status, output = '' } = runIn(answer);
  if (answer.status !== 200 || status === undefined) return unknownOf(answer);
  if (status !== 'completed') return { type: 'unknown', error: `it is ${status}` };
  return wholeOf(client, id, run, output);
}

/**
 * What is said to a run that is going to be stopped: the model is late with its first answer, which so is never begun. A run
 * that is stopped before its first call has that with its second. A planned fault of the operation stays what it is.
 */
export function stoppedText(operation: Operation): string {
  const isPlain = /^\[\[op=[^\s\]]+\]\]$/.test(operation.mark);
  const wait = isPlain ? 'ttft=3000 times=1' : 'ttft=400';
  return `Hello ${operation.mark} [[${spoken(operation, words)} ${wait} tps=100]]`;
}

/** Sends the same start several times at once with one key: it is one run. */
export async function repeated(
  client: Client,
  body: object,
  key: string,
  run: AgentsRun,
): Promise<Completion> {
  const answers = await Promise.all(Array.from({ length: racers }, () => startRun(client, body, run, key)));
  const failed = answers.find(({ status }) => status !== 200);
  if (failed) return unknownOf(failed);
  const ids = new Set(answers.map((each) => runIn(each).session_id));
  const [id] = ids;
  if (ids.size !== 1 || id === undefined) return { type: 'ok', value: `${ids.size} runs for one key` };
  const answer = await untilEnded(client, id, run);
  const { status, output = '' } = runIn(answer);
  if (answer.status !== 200 || status !== 'completed') return unknownOf(answer);
  return wholeOf(client, id, run, output);
}

/**
 * Starts a run and follows its log from its beginning and from behind one of its first ids: what came before that id and what
 * came after it are one log.
 *
 * @param kept how many lines are taken from the first
 */
export async function replayed(
  client: Client,
  body: object,
  kept: number,
  run: AgentsRun,
): Promise<Completion> {
  const begun = await startRun(client, body, run);
  const id = runIn(begun).session_id;
  if (begun.status !== 200 || id === undefined) return completionOf(begun);
  const follow = (after: number) =>
    client.stream({
      path: `/agent/${id}/logs`,
      method: 'GET',
      headers: after === 0 ? run.headers : { ...run.headers, 'last-event-id': `${after}` },
      frame: logFrame,
    });
  const first = await follow(0);
  // A log may be shorter: what the agent says at once is one line.
  const last = Math.min(kept, linesIn(first.text).length);
  const again = await follow(last);
  const cut = [first, again].find((each) => each.status !== 200 || !streamSeen(each).complete);
  if (cut) return { type: 'unknown', status: cut.status, error: endOf(cut) };
  const lines = [...linesIn(first.text).filter((line) => line.id <= last), ...linesIn(again.text)];
  return { type: 'ok', status: 200, value: wrongIn(lines) ?? saidIn(lines, 1) };
}

/** A run that is complete: its status, its log and its conversation say the same. */
async function wholeOf(client: Client, id: string, run: AgentsRun, output: string): Promise<Completion> {
  const log = await client.stream({
    path: `/agent/${id}/logs`,
    method: 'GET',
    headers: run.headers,
    frame: logFrame,
  });
  if (log.status !== 200 || !streamSeen(log).complete) return { type: 'unknown', error: endOf(log) };
  const lines = linesIn(log.text);
  const wrong = wrongIn(lines);
  if (wrong !== undefined) return { type: 'ok', status: 200, value: `the log is wrong: ${wrong}` };
  const said = saidIn(lines, lines.findLast(({ type }) => type === 'status')?.attempt);
  const value = said === output ? output : `the log says ${said}, the status ${output}`;
  return { type: 'ok', status: 200, value };
}

/** What was begun may have been done, whatever the answer to a later question says. */
const unknownOf = ({ status, text }: Answer): Completion => ({
  type: 'unknown',
  status,
  error: `${status} ${text.slice(0, 120)}`,
});
