import { addPipe, listModels, must, pipeName, question, signedIn, textIn } from './open-webui-session.ts';
import { completionOf, type PlanRun, type PreparedRun, type Workload } from './workload.ts';

/** A pipe that is switched on all the time: its text and its valves are changed, and every worker must use the last ones. */
export const openWebuiValves: Workload = {
  name: 'open-webui-valves',
  service: 'open-webui',
  summary: 'a pipe whose text and valves are changed, asked on every worker',
  shape: ({ workers }) => ({
    name: 'open-webui-valves',
    service: 'open-webui',
    clients: 3,
    workers: { 'open-webui': workers['open-webui'] ?? 1 },
    operations: [
      { name: 'update', weight: 2, keys: ['text'] },
      { name: 'set', weight: 2, keys: ['valve'] },
      { name: 'ask', weight: 3, keys: ['text', 'valve'] },
    ],
    maxSteps: 8,
  }),
  checks: () => [
    { checker: 'stale-read' },
    { checker: 'read-your-writes' },
    { checker: 'monotonic-reads' },
    { checker: 'lost-update' },
  ],
  lastReads: { text: 'ask', valve: 'ask' },
  prepare: async (run) => prepareRun(run),
};

/** Answers with its text and its valve, as they are when it is asked. */
const pipeText = (text: string) => `"""
title: valves
"""

import json

from pydantic import BaseModel


class Pipe:
    class Valves(BaseModel):
        NOTE: str = ""

    def __init__(self):
        self.valves = self.Valves()

    async def pipe(self, body: dict) -> str:
        return json.dumps({"text": "${text}", "valve": self.valves.NOTE or None})
`;

async function prepareRun({ stack, client, nonce }: PlanRun): Promise<PreparedRun> {
  const headers = await signedIn(stack, client);
  const pipe = pipeName('valves', nonce);
  const path = `/api/v1/functions/id/${pipe}`;
  const record = (text: string) => ({
    id: pipe,
    name: pipe,
    content: pipeText(text),
    meta: { description: 'of a plan' },
  });
  await addPipe(client, headers, pipe, pipeText('first'));
  return {
    initial: () => ({ text: 'first', valve: null }),
    meaning: ({ name, id }) => (name === 'ask' ? { does: 'read' } : { does: 'write', value: id }),
    perform: async ({ name, id, key }, own) => {
      switch (name) {
        case 'update':
          return completionOf(await own.request({ path: `${path}/update`, body: record(id), headers }));
        case 'set':
          return completionOf(
            await own.request({ path: `${path}/valves/update`, body: { NOTE: id }, headers }),
          );
        default: {
          // Without Redis a worker knows a pipe only after it has listed the models itself: that is another matter.
          await listModels(own, headers);
          const answer = await own.request(question(pipe, 'What are you?', headers));
          return completionOf(
            answer,
            () => (JSON.parse(textIn(answer)) as Record<string, string | null>)[key] ?? null,
          );
        }
      }
    },
    finish: async () => void (await must(client, { path: `${path}/delete`, method: 'DELETE', headers })),
  };
}
