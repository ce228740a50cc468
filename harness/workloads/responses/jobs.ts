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

/** Each is a response that is made in the background: a task. */
export const jobs = ['job1', 'job2'] as const;
/** States that a response does not leave. */
export const ends = ['completed', 'failed', 'cancelled', 'incomplete'] as const;
const isEnd = (state: string): boolean => ends.some((end) => end === state);
const pollMs = 25;

/** Has a response made in the background, which takes a tenth of a second. */
async function begun({ key, mark }: Operation, client: Client, { model, headers, ids }: ResponsesRun) {
  const body = { model, input: `Hello ${mark} [[tokens=8 tps=80]]`, background: true };
  const answer = await client.request({ path, body, headers });
  const id = responseOf(answer)?.id;
  if (answer.status === 200 && id) ids.set(key, id);
  return answer;
}

/** Begins a response and leaves it to itself. */
export const begin: ResponsesOperation = {
  name: 'begin',
  keys: jobs,
  weight: 1,
  kind: 'change',
  meaning: () => ({ does: 'start' }),
  perform: async (operation, client, run) => completionOf(await begun(operation, client, run)),
};

/** Begins one and asks until it has ended. */
export const finish: ResponsesOperation = {
  name: 'finish',
  keys: jobs,
  weight: 2,
  kind: 'change',
  meaning: ({ key }) => [
    { part: 'start', does: 'start', key },
    { part: 'state', does: 'status', key },
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

/** Asks how far it is. */
export const poll: ResponsesOperation = {
  name: 'poll',
  keys: jobs,
  weight: 3,
  kind: 'read',
  meaning: () => ({ does: 'status' }),
  perform: async ({ key }, client, { headers, ids }) =>
    stateIn(await client.request({ path: `${path}/${idOf(ids, key)}`, headers })),
};

/** Cancels it. */
export const cancel: ResponsesOperation = {
  name: 'cancel',
  keys: jobs,
  weight: 2,
  kind: 'change',
  meaning: () => ({ does: 'status' }),
  perform: async ({ key }, client, { headers, ids }) =>
    stateIn(await client.request({ path: `${path}/${idOf(ids, key)}/cancel`, method: 'POST', headers })),
};

function idOf(ids: ReadonlyMap<string, string>, key: string): string {
  const id = ids.get(key);
  if (id === undefined) throw notDone('it was not begun yet');
  return id;
}

const stateIn = (answer: Answer): Completion =>
  completionOf(answer, () => responseOf(answer)?.status ?? null);
