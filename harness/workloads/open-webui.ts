import { must, signedIn } from './open-webui-session.ts';
import { completionOf, type PlanRun, type PreparedRun, type Workload } from './workload.ts';

const messages = ['message1', 'message2', 'message3'] as const;

/** Chats of Open WebUI: the messages of one saved chat, edited and read by several clients through several workers. */
export const openWebui: Workload = {
  name: 'open-webui',
  service: 'open-webui',
  summary: 'messages of one chat edited at the same time and read on every worker',
  shape: ({ workers }) => ({
    name: 'open-webui',
    service: 'open-webui',
    clients: 3,
    workers: { 'open-webui': workers['open-webui'] ?? 1 },
    operations: [
      { name: 'edit', weight: 3, keys: messages },
      { name: 'read', weight: 2, keys: messages },
    ],
    faults: { worker: { services: ['open-webui'], actions: ['stop'] }, revertAfterMs: 500 },
  }),
  checks: () => [
    { checker: 'stale-read' },
    { checker: 'read-your-writes' },
    { checker: 'monotonic-reads' },
    { checker: 'linearizable' },
  ],
  lastReads: { message1: 'read', message2: 'read', message3: 'read' },
  prepare: async (run) => prepareRun(run),
};

interface Chat {
  readonly id: string;
  readonly chat: { readonly history: { readonly messages: Readonly<Record<string, { content: string }>> } };
}

async function prepareRun({ stack, client, nonce }: PlanRun): Promise<PreparedRun> {
  const headers = await signedIn(stack, client);
  const history = {
    currentId: messages.at(-1),
    messages: Object.fromEntries(
      messages.map((id, index) => [
        id,
        {
          id,
          parentId: messages[index - 1] ?? null,
          childrenIds: messages.slice(index + 1, index + 2),
          role: 'user',
          content: `${id}-${nonce}`,
          timestamp: 1,
        },
      ]),
    ),
  };
  const chat = { title: `plan ${nonce}`, models: ['scripted'], history };
  const { id } = await must<Chat>(client, { path: '/api/v1/chats/new', body: { chat }, headers });
  const path = `/api/v1/chats/${id}`;
  return {
    initial: () => Object.fromEntries(messages.map((key) => [key, `${key}-${nonce}`])),
    meaning: ({ name, id }) => (name === 'edit' ? { does: 'write', value: id } : { does: 'read' }),
    perform: async ({ name, id, key }, own) => {
      if (name === 'edit')
        return completionOf(
          await own.request({ path: `${path}/messages/${key}`, body: { content: id }, headers }),
        );
      const answer = await own.request({ path, headers });
      return completionOf(answer, () => answer.json<Chat>().chat.history.messages[key]?.content ?? null);
    },
    finish: async () => void (await client.request({ path, method: 'DELETE', headers })),
  };
}
