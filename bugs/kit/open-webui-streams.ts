import {
  callMeaning,
  cancelWithinMs,
  chatMeaning,
  secretOf,
  streamBody,
} from '../../harness/workloads/chat-call.ts';
import { chatFrame, streamSeen, textOf } from '../../harness/workloads/chat-frame.ts';
import { addPipe, listModels, pipeName, signedIn } from '../../harness/workloads/open-webui-session.ts';
import {
  type Completion,
  completionOf,
  type Frame,
  type Workload,
} from '../../harness/workloads/workload.ts';

const path = '/api/chat/completions';

/** A pipe that streams the last word that it is asked. */
const pipeText = `"""
title: Echo
"""


class Pipe:
    async def pipe(self, body: dict):
        async def pieces():
            for piece in body["messages"][-1]["content"].split("-"):
                yield piece

        return pieces()
`;

/**
 * Chats of Open WebUI as its API streams them: those of a model behind its connection to a provider, and those of a pipe, in
 * the chunks of the API whose path it is.
 */
export default {
  name: 'open-webui-streams',
  service: 'open-webui',
  summary: 'streams of a model and of a pipe, with clients that hang up before anything was said',
  shape: ({ workers }) => ({
    name: 'open-webui-streams',
    service: 'open-webui',
    clients: 2,
    workers: { 'open-webui': workers['open-webui'] ?? 1 },
    operations: [{ name: 'stream', stream: true }, { name: 'pipe' }],
    maxSteps: 4,
    faults: { client: { actions: ['abort'] }, revertAfterMs: 1_000 },
  }),
  checks: () => [{ checker: 'answer-matches' }, { checker: 'cancel-upstream', withinMs: cancelWithinMs }],
  faultsEvery: 1,
  prepare: async ({ plan, stack, client, nonce }) => {
    const headers = await signedIn(stack, client);
    const pipe = pipeName(nonce, 'echo');
    await addPipe(client, headers, pipe, pipeText);
    const isListed = new Set<object>();
    return {
      meaning: (operation) =>
        operation.name === 'stream'
          ? chatMeaning(operation)
          : callMeaning(operation, secretOf(operation).replaceAll('-', '')),
      perform: async (operation, own): Promise<Completion> => {
        // Without Redis every worker keeps its own list of models.
        if (!isListed.has(own)) await listModels(own, headers);
        isListed.add(own);
        const content = secretOf(operation);
        const body =
          operation.name === 'stream'
            ? streamBody(operation, 'scripted', plan)
            : { model: pipe, stream: true, messages: [{ role: 'user', content }] };
        const frame = operation.name === 'stream' ? chatFrame : chunkReader();
        const answer = await own.stream({ path, headers, body, frame });
        const stream = streamSeen(answer);
        if (answer.abortedAt !== undefined) return { type: 'unknown', stream, error: 'hung up' };
        if (answer.status !== 200) return completionOf(answer);
        return { type: 'ok', status: answer.status, value: textOf(answer), stream };
      },
      finish: async () =>
        void (await client.request({
          path: `/api/v1/functions/id/${pipe}/delete`,
          method: 'DELETE',
          headers,
        })),
    };
  },
} satisfies Workload;

/** Text of the chunks; that the first one has no role, or that one has another id, is told as text, which no answer has. */
function chunkReader() {
  let id: unknown;
  return (data: string): Frame | undefined => {
    const chunk = JSON.parse(data);
    const { delta, finish_reason: finish } = chunk.choices?.[0] ?? {};
    // Its last event, [DONE], lacks the blank line that would make it one.
    if (finish) return { done: true };
    if (id === undefined) {
      id = chunk.id;
      return delta?.role === 'assistant' ? chatFrame(data) : { text: '⟨the first delta has no role⟩' };
    }
    return chunk.id === id ? chatFrame(data) : { text: '⟨another id⟩' };
  };
}
