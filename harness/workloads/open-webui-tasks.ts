import { must, signedIn } from './open-webui-session.ts';
import { completionOf, type PlanRun, type PreparedRun, type Workload } from './workload.ts';

const chats = ['chat1', 'chat2'] as const;
/** An answer of ten seconds: most plans are over by then. */
const words = 50;
const wordsPerSecond = 5;
/** A list that comes later may miss what has ended. */
const surelyWrittenMs = (1_000 * words) / wordsPerSecond - 1_000;

/** Answers of Open WebUI that go on in the background: while one is written, every worker must know of its task. */
export const openWebuiTasks: Workload = {
  name: 'open-webui-tasks',
  service: 'open-webui',
  summary: 'answers written in the background, whose tasks every worker must know',
  shape: ({ workers }) => ({
    name: 'open-webui-tasks',
    service: 'open-webui',
    clients: 2,
    workers: { 'open-webui': workers['open-webui'] ?? 1 },
    operations: [
      { name: 'start', keys: chats },
      { name: 'tasks', weight: 2, keys: chats },
    ],
    maxSteps: 5,
  }),
  checks: () => [{ checker: 'stale-read' }],
  lastReads: { chat1: 'tasks', chat2: 'tasks' },
  prepare: async (run) => prepareRun(run),
};

interface Started {
  readonly task_ids?: readonly string[];
}

async function prepareRun({ stack, client, nonce }: PlanRun): Promise<PreparedRun> {
  const headers = await signedIn(stack, client);
  const ids = new Map<string, string>();
  for (const key of chats) {
    const chat = {
      title: `${key} ${nonce}`,
      models: ['scripted'],
      history: { currentId: null, messages: {} },
    };
    const { id } = await must<{ id: string }>(client, { path: '/api/v1/chats/new', body: { chat }, headers });
    ids.set(key, id);
  }
  /** Task by the operation that started it: lists name tasks, histories the operations. */
  const owners = new Map<string, string>();
  /** When the first answer of a chat was asked for. */
  const startedAt = new Map<string, number>();
  return {
    initial: () => Object.fromEntries(chats.map((key) => [key, []])),
    meaning: ({ name, id }) => (name === 'start' ? { does: 'add', value: id } : { does: 'list' }),
    perform: async ({ id, name, key, mark }, own) => {
      const chat = ids.get(key);
      if (name === 'tasks') {
        const answer = await own.request({ path: `/api/tasks/chat/${chat}`, headers });
        if (performance.now() - (startedAt.get(key) ?? Number.POSITIVE_INFINITY) > surelyWrittenMs)
          return { type: 'unknown', error: 'so late that an answer may have ended' };
        return completionOf(answer, () =>
          (answer.json<Started>().task_ids ?? []).flatMap((task) => owners.get(task) ?? []),
        );
      }
      if (!startedAt.has(key)) startedAt.set(key, performance.now());
      const content = `Hello ${mark} [[tokens=${words} tps=${wordsPerSecond}]]`;
      const background = { chat_id: chat, session_id: `session-${nonce}`, id: `answer-${id}` };
      const body = { model: 'scripted', messages: [{ role: 'user', content }], stream: true, ...background };
      const answer = await own.request({ path: '/api/chat/completions', body, headers });
      if (answer.status !== 200) return completionOf(answer);
      const [task] = answer.json<Started>().task_ids ?? [];
      if (task === undefined) return { type: 'unknown', error: `no task: ${answer.text.slice(0, 100)}` };
      owners.set(task, id);
      return { type: 'ok' };
    },
    finish: async () => {
      for (const chat of ids.values()) {
        await client.request({ path: `/api/tasks/chat/${chat}/stop`, method: 'POST', headers });
        await client.request({ path: `/api/v1/chats/${chat}`, method: 'DELETE', headers });
      }
    },
  };
}
