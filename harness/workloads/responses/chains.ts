import { completionOf, notDone } from '../workload.ts';
import { responseOf } from './ask.ts';
import { textOfResponse } from './response-frame.ts';
import { path, type ResponsesOperation } from './run.ts';

/** Each is a chain of responses, and what the model was told last in it: a register. */
export const chains = ['chain1', 'chain2'] as const;

const digits = 'QRSTUVWXYZ';
/** An operation id as a name that the model understands: letters and hyphens. */
const nameOf = (id: string): string => id.replaceAll(/\d/g, (digit) => digits[Number(digit)] ?? '');

/** Goes on from the latest response of a chain and tells the model a name. */
export const tell: ResponsesOperation = {
  name: 'tell',
  keys: chains,
  weight: 2,
  kind: 'change',
  meaning: ({ id }) => ({ does: 'write', value: nameOf(id) }),
  perform: async ({ id, key, mark }, client, { model, headers, ids }) => {
    const body = { model, input: `My name is ${nameOf(id)} ${mark}`, previous_response_id: ids.get(key) };
    const answer = await client.request({ path, body, headers });
    const response = responseOf(answer);
    if (answer.status !== 200 || !response?.id) return completionOf(answer);
    if (response.status !== 'completed') return { type: 'unknown', error: `it is ${response.status}` };
    ids.set(key, response.id);
    return { type: 'ok', status: answer.status };
  },
};

/** Asks the model what it was told in a chain. A previous response that is not found is nothing that was told. */
export const recall: ResponsesOperation = {
  name: 'recall',
  keys: chains,
  weight: 3,
  kind: 'read',
  meaning: () => ({ does: 'read' }),
  perform: async ({ key, mark }, client, { model, headers, ids }) => {
    const body = { model, input: `What is my name? ${mark}`, previous_response_id: ids.get(key) };
    const answer = await client.request({ path, body, headers });
    const { status } = answer;
    if (answer.text.includes('previous_response_not_found')) return { type: 'ok', status, value: null };
    const response = responseOf(answer);
    if (status !== 200 || !response) return completionOf(answer);
    const text = textOfResponse(response);
    const name = /^Your name is ([\w-]+)\.$/.exec(text)?.[1];
    if (name !== undefined) return { type: 'ok', status, value: name };
    if (text.startsWith("I don't know your name yet")) return { type: 'ok', status, value: null };
    throw notDone(`the model does not say what it was told: ${text.slice(0, 80)}`);
  },
};
