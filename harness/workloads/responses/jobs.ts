import { setTimeout as delay } from 'node:timers/promises';
import {
  type Answer,
  type Client,
  type Completion,
  completionOf,
  notDone,
  type Operation,
} from '../workload.ts';
import { responseOf } from './ask.ts';
import { path, type ResponsesOperation, type ResponsesRun } from './run.ts';

/** Each holds the latest response that was begun there in the background: a task named after the operation that began it. */
export const jobs = ['job1', 'job2'] as const;
/** States that a response does not leave. */
export const ends = ['completed', 'failed', 'cancelled', 'incomplete'] as const;
const isEnd = (state: string): boolean => ends.some((end) => end === state);
const pollMs = 25;

const startOf = (key: string): string => `start of ${key}`;

/** Has a response made in the background, which takes a tenth of a second. */
async function begun(
  { id: operation, key, mark }: Operation,
  client: Client,
  { model, headers, ids }: ResponsesRun,
) {
  const body = { model, input: `Hello ${mark} [[tokens=8 tps=80]]`, background: true };
  const answer = await client.request({ path, body, headers });
  const id = responseOf(answer)?.id;
  if (answer.status === 200 && id) ids.set(key, id).set(startOf(key), operation);
  return answer;
}

/** Begins a response and leaves it to itself. */
export const begin: ResponsesOperation = {
  name: 'begin',
  keys: jobs,
  weight: 1,
  kind: 'change',
  meaning: ({ id }) => ({ does: 'start', key: id }),
  perform: async (operation, client, run) => completionOf(await begun(operation, client, run)),
};

/** Begins one and asks until it has ended. */
export const finish: ResponsesOperation = {
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
    const id = responseOf(answer)?.id;
    if (answer.status !== 200 || !id) return completionOf(answer);
    for (;;) {
      const look = await client.request({ path: `${path}/${id}`, headers: run.headers });
      const state = responseOf(look)?.status;
      if (look.status !== 200 || state === undefined) return completionOf(look);
      if (isEnd(state)) return { type: 'ok', status: look.status, parts: { state: { value: state } } };
      await delay(pollMs);
    }
  },
};

/** The meaning of what is done to the latest task of a key, which is noted for the time when it is done. */
const aboutLatest: ResponsesOperation['meaning'] = ({ id, key }, { ids }) => {
  ids.set(id, ids.get(key) ?? '');
  const task = ids.get(startOf(key));
  return task === undefined ? { does: 'other' } : { does: 'status', key: task };
};

function pathOf({ id }: Operation, { ids }: ResponsesRun): string {
  const response = ids.get(id);
  if (!response) throw notDone('it was not begun yet');
  return `${path}/${response}`;
}

/** Asks how far it is. */
export const poll: ResponsesOperation = {
  name: 'poll',
  keys: jobs,
  weight: 3,
  kind: 'read',
  meaning: aboutLatest,
  perform: async (operation, client, run) =>
    stateIn(await client.request({ path: pathOf(operation, run), headers: run.headers })),
};

/** Cancels it. */
export const cancel: ResponsesOperation = {
  name: 'cancel',
  keys: jobs,
  weight: 2,
  kind: 'change',
  meaning: aboutLatest,
  perform: async (operation, client, run) => {
    const request = { path: `${pathOf(operation, run)}/cancel`, method: 'POST', headers: run.headers };
    return stateIn(await client.request(request));
  },
};

const stateIn = (answer: Answer): Completion =>
  completionOf(answer, () => responseOf(answer)?.status ?? null);
