import { type Client, type Completion, completionOf, demand, notDone, type Workload } from './workload.ts';

const service = 'ollama-narrow';
/** Says words for as long as somebody listens, see stubs/ollama-model. */
const model = 'tiny-endless';
const prompt = 'Hi';
/** One time of a hundred a slot is not freed: an operation leaves as many streams as it can, some two hundred of them. */
const leaveForMs = 7_000;

/** An Ollama that answers one request at a time, and clients that leave its streams: the slot is for who comes next. */
export const ollamaSlots: Workload = {
  name: 'ollama-slots',
  service,
  summary: 'streams that their clients leave, and requests that wait for the one slot',
  shape: () => ({
    name: 'ollama-slots',
    service,
    // One is answered and one waits: the queue has no room for more.
    clients: 2,
    workers: { [service]: 1 },
    operations: [{ name: 'leave', weight: 3 }, { name: 'ask' }],
    maxSteps: 4,
  }),
  checks: () => [{ checker: 'liveness' }],
  prepare: async ({ client }) => {
    // With the model its slots go, also those that a run before has left behind.
    await demand(client, { path: '/api/generate', body: { model, keep_alive: 0 } });
    return {
      meaning: () => ({ does: 'other' }),
      perform: async ({ name }, own) => {
        if (name === 'ask') return ask(own);
        const until = performance.now() + leaveForMs;
        while (performance.now() < until) await beginAndLeave(own);
        return { type: 'ok' };
      },
    };
  },
};

async function ask(client: Client): Promise<Completion> {
  const body = { model, prompt, stream: false, options: { num_predict: 4 } };
  return completionOf(await client.request({ path: '/api/generate', body }));
}

/** Hangs up once the first word has come. */
async function beginAndLeave(client: Client): Promise<void> {
  const leaving = new AbortController();
  const { status, text } = await client.stream({
    path: '/v1/chat/completions',
    body: { model, stream: true, messages: [{ role: 'user', content: prompt }] },
    enough: leaving.signal,
    frame: () => {
      leaving.abort();
      return undefined;
    },
  });
  if (!leaving.signal.aborted) throw notDone(`the stream ended before it was left: ${status} ${text}`);
}
