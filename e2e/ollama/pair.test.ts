/**
 * @provider any
 * @alone ollama-narrow
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { ownConnection } from '../../harness/suite/own-connection.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import { service, setting } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';
import { allOf, ollamaUrl, sentence } from './ollama-tiny.ts';

// Two Ollamas behind one LiteLLM: the models ollama-tiny and ollama-narrow are one of them each, ollama-pair is both.

/** Enough for an answer of the other one on a busy machine. */
const patienceS = 4;

let client: OpenAI;
let scope: ScopeClient | undefined;
const messages = [{ role: 'user' as const, content: 'Tell me a story' }];

beforeAll(() => {
  ollamaUrl('ollama-narrow');
  const { url } = service('litellm');
  const apiKey = setting('LITELLM_MASTER_KEY');
  const options = { maxRetries: 0, timeout: 60_000, defaultHeaders: ownConnection };
  client = new OpenAI({ baseURL: `${url}/v1`, apiKey, ...options });
});
afterAll(() => scope?.close());

/** One answer, and the address of the Ollama that gave it. */
async function ask(model: string, more: object = {}) {
  const { data, response } = await client.chat.completions
    .create({ model, messages, ...more })
    .withResponse();
  expect(data.choices[0]?.message.content?.trim()).toBe(sentence);
  return response.headers.get('x-litellm-model-api-base') ?? '';
}

// covers 000/live-litellm
// covers 000/live-ollama
test('questions to one name go to both Ollamas, and each name of one to its own', async () => {
  const [first, second] = await Promise.all([ask('ollama-tiny'), ask('ollama-narrow')]);
  expect(first).not.toBe(second);
  const seen = new Set<string>();
  await until('answers of both', async () => {
    for (const address of await Promise.all([1, 2, 3, 4].map(() => ask('ollama-pair')))) seen.add(address);
    return seen.size > 1;
  });
  expect([...seen].sort()).toEqual([first, second].sort());
});

// covers 000/live-litellm
// covers 000/live-ollama
test('what an Ollama that hangs does not answer in time, the other one answers', async () => {
  scope = stackScope();
  const other = await ask('ollama-tiny');
  const [process] = await scope.workers('ollama-narrow');
  await scope.stop('ollama-narrow', process?.index ?? 1, { revertAfterMs: 60_000 });
  try {
    const spare = { fallbacks: ['ollama-tiny'], timeout: patienceS };
    const streaming = {
      model: 'ollama-narrow',
      messages,
      stream: true as const,
      ...spare,
      stream_timeout: patienceS,
    };
    const [answered, chunks, refused] = await Promise.all([
      ask('ollama-narrow', spare),
      client.chat.completions.create(streaming).then(allOf),
      client.chat.completions
        .create({ model: 'ollama-narrow', messages, ...{ timeout: patienceS } })
        .catch((error) => error),
    ]);
    expect(answered).toBe(other);
    expect(
      chunks
        .map(({ choices }) => choices[0]?.delta.content ?? '')
        .join('')
        .trim(),
    ).toBe(sentence);
    expect(chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])).toEqual(['stop']);
    // Without a spare one the time is up for the client too.
    expect(refused).toMatchObject({ status: 408 });
  } finally {
    await scope.continue('ollama-narrow', process?.index ?? 1);
  }
  expect(await ask('ollama-narrow')).not.toBe(other);
});
