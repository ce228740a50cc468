import { completionOf } from '../workload.ts';
import { type ControlOperation, countOf, pathOf, saidIn } from './run.ts';

export interface Listed {
  readonly messages: readonly { readonly content: string }[];
}

/** Lists the messages of a session. */
export const list: ControlOperation = {
  name: 'list',
  meaning: () => ({ does: 'list', tenant: 'owner' }),
  perform: async (operation, client, run) => {
    const answer = await client.request({ path: pathOf('/messages', run, operation), headers: run.headers });
    return completionOf(answer, () => answer.json<Listed>().messages.map(({ content }) => saidIn(content)));
  },
};

/** Asks how many messages there are. */
export const status: ControlOperation = {
  name: 'status',
  meaning: ({ key }) => ({ does: 'count', key: countOf(key), tenant: 'owner' }),
  perform: async (operation, client, run) => {
    const answer = await client.request({ path: pathOf('/status', run, operation), headers: run.headers });
    return completionOf(answer, () => answer.json<{ message_count: number }>().message_count);
  },
};
