import { completionOf } from '../workload.ts';
import type { Listed } from './look.ts';
import { type ControlOperation, pathOf, saidBy, saidIn, strangersOf, textOf } from './run.ts';
import { letterKey, letterOf, post } from './tell.ts';

/** A stranger says something in a session of the same name, which is the stranger's own, and lists what is there. */
export const intrude: ControlOperation = {
  name: 'intrude',
  meaning: (operation) => {
    const own = { key: strangersOf(operation.key), tenant: 'stranger' };
    return [
      { part: 'said', does: 'append', value: saidBy(operation), marker: saidBy(operation), ...own },
      { part: 'seen', does: 'list', ...own },
    ];
  },
  perform: async (operation, client, run) => {
    const asStranger = { ...run, headers: run.strangerHeaders };
    const said = completionOf(await post(client, asStranger, operation, { message: textOf(operation) }));
    if (said.type !== 'ok') return { ...said, parts: { seen: { type: 'fail', error: 'not asked' } } };
    const answer = await client
      .request({ path: pathOf('/messages', run, operation), headers: run.strangerHeaders })
      .catch(() => undefined);
    if (answer?.status !== 200) return { ...said, parts: { seen: { type: 'unknown' } } };
    const value = answer.json<Listed>().messages.map(({ content }) => saidIn(content));
    return { ...said, parts: { seen: { value } } };
  },
};

/** A stranger lists the session of that name, which may not be there. */
export const overhear: ControlOperation = {
  name: 'overhear',
  meaning: ({ key }) => ({ does: 'list', key: strangersOf(key), tenant: 'stranger' }),
  perform: async (operation, client, run) => {
    const path = pathOf('/messages', run, operation);
    const answer = await client.request({ path, headers: run.strangerHeaders });
    if (answer.status === 404) return { type: 'ok', value: [] };
    return completionOf(answer, () => answer.json<Listed>().messages.map(({ content }) => saidIn(content)));
  },
};

/** A stranger uses the key of a letter, for the same body: it is another key. */
export const intrudeAgain: ControlOperation = {
  name: 'intrude-again',
  meaning: (operation, run) => ({
    does: 'append',
    key: strangersOf(operation.key),
    value: letterOf(operation),
    tenant: 'stranger',
    idempotencyKey: letterKey(operation, run),
  }),
  perform: async (operation, client, run) => {
    const asStranger = { ...run, headers: run.strangerHeaders };
    const body = { message: letterOf(operation) };
    const answer = await post(client, asStranger, operation, body, letterKey(operation, run));
    return completionOf(answer, () => answer.text);
  },
};
