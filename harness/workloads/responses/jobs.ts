import { type Answer, type Completion, completionOf, notDone } from '../workload.ts';
import { responseOf } from './ask.ts';
import { path, type ResponsesOperation } from './run.ts';

/** Each is a response that is made in the background: a task. */
export const jobs = ['job1', 'job2'] as const;
/** States that a response does not leave. */
export const ends = ['completed', 'failed', 'cancelled', 'incomplete'] as const;

/** Begins a response in the background that takes some tenths of a second. */
export const begin: ResponsesOperation = {
  name: 'begin',
  keys: jobs,
  weight: 2,
  kind: 'change',
  meaning: () => ({ does: 'start' }),
  perform: async ({ key, mark }, client, { model, headers, ids }) => {
    const body = { model, input: `Hello ${mark} [[tokens=8 tps=20]]`, background: true };
    const answer = await client.request({ path, body, headers });
    const id = responseOf(answer)?.id;
    if (answer.status === 200 && id) ids.set(key, id);
    return completionOf(answer);
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
  weight: 1,
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
