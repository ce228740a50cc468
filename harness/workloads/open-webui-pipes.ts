import { addPipe, listModels, pipeName, question, signedIn, textIn } from './open-webui-session.ts';
import {
  type Client,
  type Completion,
  completionOf,
  notDone,
  type Operation,
  type PlanRun,
  type PreparedRun,
  type Workload,
} from './workload.ts';

const slots = ['pipe1', 'pipe2'] as const;

/**
 * Pipes of Open WebUI. A slot is a register: `publish` imports a new pipe and switches it on, `withdraw` switches the
 * slot's pipe off, `ask` chats with the slot's last pipe, which answers with its id as long as it is on, on every worker.
 * `list-models` is what a page does when it is opened.
 */
export const openWebuiPipes: Workload = {
  name: 'open-webui-pipes',
  service: 'open-webui',
  summary: 'pipes imported, switched on and off, and asked on every worker',
  shape: ({ workers }) => ({
    name: 'open-webui-pipes',
    service: 'open-webui',
    clients: 3,
    workers: { 'open-webui': workers['open-webui'] ?? 1 },
    operations: [
      { name: 'publish', weight: 2, keys: slots },
      { name: 'withdraw', keys: slots },
      { name: 'ask', weight: 3, keys: slots },
      { name: 'list-models' },
    ],
    maxSteps: 7,
  }),
  checks: () => [{ checker: 'stale-read' }, { checker: 'read-your-writes' }],
  lastReads: { pipe1: 'ask', pipe2: 'ask' },
  prepare: async (run) => prepareRun(run),
};

/** A pipe that says which one it is. */
const pipeText = (id: string) => `"""
title: ${id}
"""


class Pipe:
    async def pipe(self, body: dict) -> str:
        return "${id}"
`;

async function prepareRun({ stack, client, nonce }: PlanRun): Promise<PreparedRun> {
  const headers = await signedIn(stack, client);
  await listModels(client, headers);
  /** The last pipe of a slot that was acknowledged, withdrawn or not; and those that may be withdrawn. */
  const published = new Map<string, string>();
  const live = new Map<string, string>();
  const made: string[] = [];
  /** What an operation is about: known when it begins, so that its meaning is. */
  const chosen = new Map<string, string>();
  const pipeOf = ({ id }: Operation) => pipeName(nonce, id);
  const choose = (operation: Operation, id: string | undefined) => {
    if (id !== undefined) chosen.set(operation.id, id);
    return id !== undefined;
  };

  return {
    initial: () => Object.fromEntries(slots.map((key) => [key, null])),
    meaning: (operation) => {
      const { name, key } = operation;
      if (name === 'list-models') return { does: 'other' };
      if (name === 'publish') return { does: 'write', value: pipeOf(operation) };
      if (name === 'ask') return { does: choose(operation, published.get(key)) ? 'read' : 'other' };
      const isChosen = choose(operation, live.get(key));
      live.delete(key);
      return { does: isChosen ? 'delete' : 'other' };
    },
    perform: async (operation, own): Promise<Completion> => {
      const { name, key } = operation;
      if (name === 'list-models') return completionOf(await own.request({ path: '/api/models', headers }));
      const pipe = name === 'publish' ? pipeOf(operation) : chosen.get(operation.id);
      if (pipe === undefined) throw notDone('no pipe is published yet');
      if (name === 'ask') return ask(own, headers, pipe);
      if (name === 'withdraw')
        return completionOf(
          await own.request({ path: `/api/v1/functions/id/${pipe}/toggle`, method: 'POST', headers }),
        );
      made.push(pipe);
      await addPipe(own, headers, pipe, pipeText(pipe));
      published.set(key, pipe);
      live.set(key, pipe);
      return { type: 'ok' };
    },
    finish: async () => {
      for (const pipe of made)
        await client.request({ path: `/api/v1/functions/id/${pipe}/delete`, method: 'DELETE', headers });
    },
  };
}

async function ask(client: Client, headers: Record<string, string>, pipe: string): Promise<Completion> {
  const answer = await client.request(question(pipe, 'Who?', headers));
  if (answer.status === 400 && /model not found/i.test(answer.text)) return { type: 'ok', value: null };
  return completionOf(answer, () => textIn(answer));
}
