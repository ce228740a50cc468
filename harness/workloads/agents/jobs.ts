import {
  type Answer,
  type Client,
  type Completion,
  completionOf,
  notDone,
  type Operation,
} from '../workload.ts';
import { change, runIn, startRun, statusOf, untilEnded } from './ask.ts';
import type { AgentsOperation, AgentsRun } from './run.ts';

/** Each holds the latest run that was begun there: a task named after the operation that began it. */
export const jobs = ['job1', 'job2'] as const;
const startOf = (key: string): string => `start of ${key}`;

/** Starts a run that takes a tenth of a second. */
async function begun({ id: operation, key, mark }: Operation, client: Client, run: AgentsRun) {
  const body = { model: run.model, prompt: `Hello ${mark} [[tokens=8 tps=80]]` };
  const answer = await startRun(client, body, run);
  const id = runIn(answer).session_id;
  if (answer.status === 200 && id) run.ids.set(key, id).set(startOf(key), operation);
  return answer;
}

/** Begins a run and leaves it to itself. */
export const begin: AgentsOperation = {
  name: 'begin',
  keys: jobs,
  weight: 1,
  kind: 'change',
  meaning: ({ id }) => ({ does: 'start', key: id }),
  perform: async (operation, client, run) => completionOf(await begun(operation, client, run)),
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
    const answer = await begun(operation, client, run);
    const id = runIn(answer).session_id;
    if (answer.status !== 200 || !id) return completionOf(answer);
    const end = await untilEnded(client, id, run);
    const { status } = runIn(end);
    if (end.status !== 200 || status === undefined) return completionOf(end);
    return { type: 'ok', status: end.status, parts: { state: { value: status } } };
  },
};

/** The meaning of what is done to the latest task of a key, which is noted for the time when it is done. */
const aboutLatest: AgentsOperation['meaning'] = ({ id, key }, { ids }) => {
  ids.set(id, ids.get(key) ?? '');
  const task = ids.get(startOf(key));
  return task === undefined ? { does: 'other' } : { does: 'status', key: task };
};

function idOf({ id }: Operation, { ids }: AgentsRun): string {
  const found = ids.get(id);
  if (!found) throw notDone('it was not begun yet');
  return found;
}

/** Asks how far it is. */
export const poll: AgentsOperation = {
  name: 'poll',
  keys: jobs,
  weight: 3,
  kind: 'read',
  meaning: aboutLatest,
  perform: async (operation, client, run) => stateIn(await statusOf(client, idOf(operation, run), run)),
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
