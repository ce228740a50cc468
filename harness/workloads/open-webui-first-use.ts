import { addPipe, listModels, pipeName, question, signedIn, textIn } from './open-webui-session.ts';
import {
  type Completion,
  completionOf,
  notDone,
  type Operation,
  type PlanRun,
  type PreparedRun,
  type Workload,
} from './workload.ts';

const key = 'notes';

/** A new pipe that keeps notes in its worker: whatever is noted through a worker is known there from then on. */
export const openWebuiFirstUse: Workload = {
  name: 'open-webui-first-use',
  service: 'open-webui',
  summary:
    'a new pipe that keeps notes in its worker, asked there by several clients from the first moment on',
  shape: ({ workers }) => ({
    name: 'open-webui-first-use',
    service: 'open-webui',
    clients: 4,
    workers: { 'open-webui': workers['open-webui'] ?? 1 },
    operations: [
      { name: 'note', weight: 3, keys: [key] },
      { name: 'recall', keys: [key] },
    ],
    maxSteps: 6,
  }),
  checks: () => [{ checker: 'stale-read' }, { checker: 'read-your-writes' }, { checker: 'monotonic-reads' }],
  lastReads: { [key]: 'recall' },
  prepare: async (run) => prepareRun(run),
};

const recall = 'recall';

/**
 * Notes whatever it is told, and answers with all of it. A worker asks pip only for what no pipe of its own has required
 * yet, so each requires something else that is there already.
 */
const pipeText = (release: number) => `"""
title: notes
requirements: fastapi!=0.0.${release}
"""

import json


class Pipe:
    def __init__(self):
        self.notes: list[str] = []

    async def pipe(self, body: dict) -> str:
        text = body["messages"][-1]["content"]
        if text != "${recall}":
            self.notes.append(text)
        return json.dumps(self.notes)
`;

async function prepareRun({ stack, client, nonce, uuid }: PlanRun): Promise<PreparedRun> {
  const headers = await signedIn(stack, client);
  const pipe = pipeName('notes', nonce);
  await addPipe(client, headers, pipe, pipeText(Number.parseInt(uuid('release').slice(0, 8), 16)));
  const workers = stack.workers['open-webui'] ?? 1;
  const workerOf = ({ step }: Operation) => step.worker ?? (workers > 1 ? undefined : 1);
  const notesOf = (worker: number) => `${key} of worker ${worker}`;

  return {
    initial: () => Object.fromEntries(Array.from({ length: workers }, (_, at) => [notesOf(at + 1), []])),
    meaning: (operation) => {
      const worker = workerOf(operation);
      if (worker === undefined) return { does: 'other' };
      const about = { key: notesOf(worker) };
      return operation.name === 'note'
        ? { does: 'add', value: operation.id, ...about }
        : { does: 'list', ...about };
    },
    perform: async (operation, own): Promise<Completion> => {
      if (workerOf(operation) === undefined) throw notDone('it names no worker, whose notes it is about');
      // Without Redis a worker knows a pipe only after it has listed the models itself, as a page does.
      await listModels(own, headers);
      const answer = await own.request(
        question(pipe, operation.name === 'note' ? operation.id : recall, headers),
      );
      return completionOf(answer, () => JSON.parse(textIn(answer)));
    },
    finish: async () =>
      void (await client.request({ path: `/api/v1/functions/id/${pipe}/delete`, method: 'DELETE', headers })),
  };
}
