import { cancelWithinMs, chat, chatBody, chatChecks, chatMeaning, stream, streamBody } from './chat-call.ts';
import type { Operation, PlanRun, PreparedRun, Workload } from './workload.ts';

const model = 'scripted';
const users = ['user1', 'user2'] as const;

/**
 * A LiteLLM proxy with the project's callback: chats answered whole or as streams, each with a text that only its client
 * may see, and the state that the callback keeps for a user: a set of tools, added by `use …`, which any worker must put
 * before the model.
 */
export const litellm: Workload = {
  name: 'litellm',
  service: 'litellm',
  summary: 'chats, streams and the state of a callback, with hung-up clients and stopped workers',
  shape: ({ workers }) => ({
    name: 'litellm',
    service: 'litellm',
    clients: 3,
    workers: { litellm: workers.litellm ?? 1 },
    operations: [
      { name: 'chat' },
      { name: 'stream', weight: 2, stream: true },
      { name: 'use', weight: 3, keys: users },
      { name: 'recall', weight: 3, keys: users },
    ],
    maxSteps: 8,
    faults: {
      worker: { services: ['litellm'], actions: ['stop'] },
      stream: { effects: ['status', 'slow-first-token'] },
      client: { actions: ['abort', 'slow-read'] },
      revertAfterMs: 500,
    },
  }),
  checks: () => [
    ...chatChecks,
    // It notices a hang-up when it has something to pass on, not before.
    { checker: 'cancel-upstream', withinMs: cancelWithinMs, sinceFirstFrame: true },
    { checker: 'stale-read' },
    { checker: 'read-your-writes' },
    { checker: 'monotonic-reads' },
  ],
  lastReads: { user1: 'recall', user2: 'recall' },
  prepare: async (run) => prepareRun(run),
};

/** The same proxy when the model API breaks off or ends its streams too early. */
export const litellmStreams: Workload = {
  ...litellm,
  name: 'litellm-streams',
  summary: 'streams whose model API breaks off, ends too early or refuses',
  shape: ({ workers }) => ({
    name: 'litellm-streams',
    service: 'litellm',
    clients: 2,
    workers: { litellm: workers.litellm ?? 1 },
    operations: [{ name: 'stream', stream: true }],
    maxSteps: 5,
    faults: { stream: { effects: ['cut', 'end', 'status'] }, revertAfterMs: 1_000 },
  }),
  checks: () => chatChecks,
  lastReads: {},
  faultsEvery: 1,
};

/** The same proxy when clients hang up, before the first frame too. */
export const litellmHangups: Workload = {
  ...litellm,
  name: 'litellm-hangups',
  summary: 'chats and streams whose clients hang up before anything was passed on, or later',
  shape: ({ workers }) => ({
    name: 'litellm-hangups',
    service: 'litellm',
    clients: 2,
    workers: { litellm: workers.litellm ?? 1 },
    operations: [{ name: 'chat' }, { name: 'stream', stream: true }],
    maxSteps: 5,
    faults: {
      stream: { effects: ['slow-first-token'] },
      client: { actions: ['abort'] },
      revertAfterMs: 1_000,
    },
  }),
  checks: () => [...chatChecks, { checker: 'cancel-upstream', withinMs: cancelWithinMs }],
  lastReads: {},
  faultsEvery: 1,
};

function prepareRun({ plan, stack, uuid }: PlanRun): PreparedRun {
  const headers = { authorization: `Bearer ${stack.setting('LITELLM_MASTER_KEY')}` };
  const names = new Map(users.map((key) => [key as string, `${key}-${plan.seed}-${uuid(key)}`]));
  const asks = ({ key }: Operation, content: string) => ({
    model,
    user: names.get(key),
    messages: [{ role: 'user', content }],
  });
  return {
    initial: () => Object.fromEntries(users.map((key) => [key, []])),
    meaning: (operation) => {
      if (operation.name === 'use') return { does: 'add', value: toolOf(operation) };
      return operation.name === 'recall' ? { does: 'list' } : chatMeaning(operation);
    },
    perform: async (operation, client) => {
      switch (operation.name) {
        case 'chat':
          return chat(client, chatBody(operation, model), headers);
        case 'stream':
          return stream(client, streamBody(operation, model, plan), headers);
        case 'use': {
          const { type, error } = await chat(
            client,
            asks(operation, `use ${toolOf(operation)} ${operation.mark}`),
            headers,
          );
          return error === undefined ? { type } : { type, error };
        }
        default: {
          const question = `What holds? ${operation.mark} [[echo=system]]`;
          const completion = await chat(client, asks(operation, question), headers);
          if (completion.type !== 'ok') return completion;
          return { type: 'ok', value: toolsIn(String(completion.value)) };
        }
      }
    },
  };
}

/** The compiler knows tools by plain words. */
const toolOf = ({ id }: Operation): string => `tool ${id.replaceAll(/[^a-z0-9]/gi, ' ').toLowerCase()}`;

const toolsIn = (text: string): string[] =>
  text.split('\n').flatMap((line) => (line.startsWith('Use: ') ? [line.slice('Use: '.length)] : []));
