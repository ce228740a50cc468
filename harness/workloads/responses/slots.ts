import { chatMeaning, chatText } from '../chat-call.ts';
import { type Answer, type Completion, completionOf, notDone, type Operation } from '../workload.ts';
import { responseOf } from './ask.ts';
import { textOfResponse } from './response-frame.ts';
import { path, type ResponsesOperation, type ResponsesRun } from './run.ts';

/** Each holds the id of a stored response: a register with its text, and an item that lives once. */
export const slots = ['kept1', 'kept2'] as const;
const life = 'life';
const text = 'text';
/** All stored responses: a collection. */
export const stored = 'responses';

/** Parts of a request about the response in a slot, as it is when the request is sent. */
const about = (
  operation: Operation,
  { ids }: ResponsesRun,
  lives: 'look' | 'destroy',
  texts: 'read' | 'delete',
) => {
  const id = ids.get(operation.key);
  // The meaning is told first: what is done is done to that response, whatever is in the slot by then.
  ids.set(operation.id, id ?? '');
  if (id === undefined) return { does: 'other' } as const;
  return [
    { part: life, does: lives, key: stored, value: id },
    { part: text, does: texts, key: operation.key },
  ] as const;
};

const requestOf = ({ id }: Operation, { ids, headers }: ResponsesRun) => {
  const response = ids.get(id);
  if (!response) throw notDone('nothing was kept yet');
  return { path: `${path}/${response}`, headers };
};

const parts = (answer: Answer, isThere: boolean, value?: string): Completion => ({
  type: 'ok',
  status: answer.status,
  parts: { [life]: { value: isThere }, ...(value === undefined ? {} : { [text]: { value } }) },
});

/** Stores a response with a text of its own. */
export const keep: ResponsesOperation = {
  name: 'keep',
  keys: slots,
  weight: 2,
  kind: 'change',
  meaning: (operation) => {
    const { expect = '', tenant, marker } = chatMeaning(operation);
    const owned = { ...(tenant ? { tenant: 'owner' } : {}), ...(marker ? { marker } : {}) };
    return [
      { part: life, does: 'create', key: stored, ...owned },
      { part: text, does: 'write', key: operation.key, value: expect, ...owned },
    ];
  },
  perform: async (operation, client, { model, headers, ids }) => {
    const answer = await client.request({ path, body: { model, input: chatText(operation) }, headers });
    const response = responseOf(answer);
    if (answer.status !== 200 || !response?.id) return completionOf(answer);
    if (response.status !== 'completed') return { type: 'unknown', error: `it is ${response.status}` };
    ids.set(operation.key, response.id);
    return { type: 'ok', status: answer.status, parts: { [life]: { value: response.id } } };
  },
};

/** Reads the response in a slot. */
export const look: ResponsesOperation = {
  name: 'look',
  keys: slots,
  weight: 3,
  kind: 'read',
  meaning: (operation, run) => about(operation, run, 'look', 'read'),
  perform: async (operation, client, run) => {
    const answer = await client.request(requestOf(operation, run));
    if (answer.status === 404)
      return { type: 'ok', status: 404, parts: { [life]: { value: false }, [text]: { value: null } } };
    const response = responseOf(answer);
    if (answer.status !== 200 || !response) return completionOf(answer);
    return parts(answer, true, textOfResponse(response));
  },
};

/** Builds on the response in a slot, which takes it to be there. What was built on is kept when it is deleted, and hidden. */
export const build: ResponsesOperation = {
  name: 'build',
  keys: slots,
  weight: 1,
  kind: 'read',
  meaning: (operation, run) => {
    const meaning = about(operation, run, 'look', 'read');
    return 'does' in meaning ? meaning : meaning.filter(({ part }) => part === life);
  },
  perform: async (operation, client, run) => {
    const previous = run.ids.get(operation.id);
    if (!previous) throw notDone('nothing was kept yet');
    const body = { model: run.model, input: chatText(operation), previous_response_id: previous };
    const answer = await client.request({ path, body, headers: run.headers });
    if (answer.text.includes('previous_response_not_found')) return parts(answer, false);
    return answer.status === 200 ? parts(answer, true) : completionOf(answer);
  },
};

/** Deletes the response in a slot. */
export const forget: ResponsesOperation = {
  name: 'forget',
  keys: slots,
  weight: 1,
  kind: 'end',
  meaning: (operation, run) => about(operation, run, 'destroy', 'delete'),
  perform: async (operation, client, run) => {
    const answer = await client.request({ ...requestOf(operation, run), method: 'DELETE' });
    if (answer.status === 200) return parts(answer, true);
    return answer.status === 404 ? parts(answer, false) : completionOf(answer);
  },
};

/** Another tenant reads the response in a slot, and gets nothing of it. */
export const intrude: ResponsesOperation = {
  name: 'intrude',
  keys: slots,
  weight: 1,
  kind: 'read',
  meaning: (operation, { ids }) => {
    ids.set(operation.id, ids.get(operation.key) ?? '');
    return { does: 'other', tenant: 'stranger' };
  },
  perform: async (operation, client, run) => {
    const answer = await client.request({ ...requestOf(operation, run), headers: run.strangerHeaders });
    return { type: 'ok', status: answer.status, value: answer.text };
  },
};
