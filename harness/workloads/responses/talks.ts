import { completionOf } from '../workload.ts';
import { responseOf } from './ask.ts';
import { path, type ResponsesOperation } from './run.ts';

/** Each is a conversation: a sequence of what was said in it. */
export const talks = ['talk1'] as const;

interface Items {
  readonly data?: readonly {
    readonly role?: string;
    readonly content?: readonly { readonly text?: string }[];
  }[];
}

/** Says something in a conversation. Another turn under way is a reason to refuse it. */
export const say: ResponsesOperation = {
  name: 'say',
  keys: talks,
  weight: 2,
  kind: 'change',
  meaning: ({ id }) => ({ does: 'append', value: id }),
  perform: async ({ key, mark }, client, { model, headers, ids }) => {
    const body = { model, input: `Hello ${mark} [[say=yes tps=50]]`, conversation: ids.get(key) };
    const answer = await client.request({ path, body, headers });
    if (answer.status !== 200) return completionOf(answer, undefined, { conflictIsRefusal: true });
    const status = responseOf(answer)?.status;
    return status === 'completed' ? completionOf(answer) : { type: 'unknown', error: `it is ${status}` };
  },
};

/** Lists what was said, told by the operation ids in the texts. */
export const hear: ResponsesOperation = {
  name: 'hear',
  keys: talks,
  weight: 2,
  kind: 'read',
  meaning: () => ({ does: 'list' }),
  perform: async ({ key }, client, { headers, ids }) => {
    const items = `/v1/conversations/${ids.get(key)}/items?order=asc&limit=100`;
    const answer = await client.request({ path: items, headers });
    return completionOf(answer, () =>
      (answer.json<Items>().data ?? [])
        .filter(({ role }) => role === 'user')
        .flatMap(({ content = [] }) =>
          content.flatMap(({ text = '' }) => /\bop=([\w.-]+)/.exec(text)?.[1] ?? []),
        ),
    );
  },
};
