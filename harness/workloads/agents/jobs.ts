import {
  type Answer,
  type Client,
  type Completion,
  completionOf,
  notDone,
  type Operation,
  type PartCompletion,
} from '../workload.ts';
import { change, runIn, startRun, statusOf, untilEnded } from './ask.ts';
import type { AgentsOperation, AgentsRun, Job } from './run.ts';

/** Each holds the runs that were begun there. */
export const jobs = ['job1', 'job2'] as const;
/** A run whose worker is lost is ended by another one, well before two looks of this length are over. */
export const jobWithinMs = 7_000;

/** Starts a run that takes so long. */
async function begun({ id: operation, key, mark }: Operation, client: Client, run: AgentsRun, ms: number) {
  const body = { model: run.model, prompt: `Hello ${mark} [[tokens=8 tps=${8_000 / ms}]]` };
  const answer = await startRun(client, body, run);
  const id = runIn(answer).session_id;
  if (answer.status === 200 && id) run.begun.push({ key, operation, id });
  return answer;
}

/** Begins a run and leaves it to itself, for long enough that its worker may be lost with it. */
export const begin: AgentsOperation = {
  name: 'begin',
  keys: jobs,
  weight: 2,
  kind: 'change',
  meaning: ({ id }) => ({ does: 'start', key: id }),
  perform: async (operation, client, run) => completionOf(await begun(operation, client, run, 1_000)),
};

/** Begins one and asks until it has ended. */
export const finish: AgentsOperation = {
  name: 'finish',
  keys: jobs,
  weight: 2,
  kind: 'change',
  meaning: ({ id }) => [
    { part: 'start', does: 'start', key: id },
    { part: 'state', does: 'status', key: id },
  ],
  perform: async (operation, client, run) => {
    const answer = await begun(operation, client, run, 100);
    const id = runIn(answer).session_id;
    if (answer.status !== 200 || !id) return completionOf(answer);
    const end = await untilEnded(client, id, run);
    const { status } = runIn(end);
    if (end.status !== 200 || status === undefined) return completionOf(end);
    return { type: 'ok', status: end.status, parts: { state: { value: status } } };
  },
};

/** The meaning of what is done to the latest job of a key. */
const aboutLatest: AgentsOperation['meaning'] = ({ id, key }, { begun, asked }) => {
  const job = begun.findLast((each) => each.key === key);
  asked.set(id, job ? [job] : []);
  return job ? { does: 'status', key: job.operation } : { does: 'other' };
};

function jobsOf({ id }: Operation, { asked }: AgentsRun): readonly [Job, ...Job[]] {
  const [first, ...others] = asked.get(id) ?? [];
  if (!first) throw notDone('none was begun yet');
  return [first, ...others];
}

const idOf = (operation: Operation, run: AgentsRun): string => jobsOf(operation, run)[0].id;

/** Asks how far it is. */
export const poll: AgentsOperation = {
  name: 'poll',
  keys: jobs,
  weight: 3,
  kind: 'read',
  meaning: aboutLatest,
  perform: async (operation, client, run) => stateIn(await statusOf(client, idOf(operation, run), run)),
};

/** Asks until all that were begun have ended, as they do whatever became of their workers, but not for ever. */
export const settle: AgentsOperation = {
  name: 'settle',
  keys: jobs,
  weight: 1,
  kind: 'read',
  meaning: ({ id, key }, { begun, asked }) => {
    const own = begun.filter((job) => job.key === key);
    asked.set(id, own);
    if (own.length === 0) return { does: 'other' };
    return own.map(({ operation }) => ({ part: operation, does: 'status', key: operation }));
  },
  perform: async (operation, client, run) => {
    const until = performance.now() + jobWithinMs;
    const parts: Record<string, PartCompletion> = {};
    for (const job of jobsOf(operation, run)) {
      const answer = await untilEnded(client, job.id, run, until);
      const { status } = runIn(answer);
      if (answer.status !== 200 || status === undefined) return completionOf(answer);
      parts[job.operation] = { value: status };
    }
    return { type: 'ok', parts };
  },
};

/** Stops it. */
export const stop: AgentsOperation = {
  name: 'stop',
  keys: jobs,
  weight: 2,
  kind: 'change',
  meaning: aboutLatest,
  perform: async (operation, client, run) => stateIn(await change(client, idOf(operation, run), 'stop', run)),
};

const stateIn = (answer: Answer): Completion => completionOf(answer, () => runIn(answer).status ?? null);
