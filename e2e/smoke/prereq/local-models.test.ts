import { expect, test } from '@jest/globals';
import { needsProvider, requestWithinMs } from '../../../harness/smoke/failures/smoked.ts';
import { findProvider } from '../../../harness/smoke/providers/catalogue.ts';
import { judgeAnswer } from '../../../harness/smoke/providers/judge-answer.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { service } from '../../../harness/suite/stack.ts';

/** Asks a local server for something below its API, or beside it. */
async function get(name: 'lmstudio' | 'llamacpp' | 'vllm', path: string) {
  const provider = findProvider(name);
  if (!provider) throw new Error(`no provider ${name}`);
  const { accesses } = needsProvider(provider);
  const [{ url, key }] = accesses;
  const answer = await fetch(`${url.replace(/\/v1$/, '')}${path}`, {
    headers: key ? { authorization: `Bearer ${key}` } : {},
    signal: AbortSignal.timeout(requestWithinMs()),
  });
  return {
    status: answer.status,
    contentType: answer.headers.get('content-type') ?? '',
    text: await answer.text(),
  };
}

test('LM Studio lists the models that it has, and whether they are loaded', async () => {
  needsTarget('lmstudio');
  const listed = JSON.parse((await get('lmstudio', '/v1/models')).text);
  expect(listed).toMatchObject({ object: 'list', data: expect.arrayContaining([expect.anything()]) });
  const detailed = JSON.parse((await get('lmstudio', '/api/v0/models')).text);
  expect(detailed.data[0]).toMatchObject({ id: expect.any(String), state: expect.stringMatching(/loaded/) });
});

test('what LM Studio does not know, it answers with 200: that is not taken for success', async () => {
  needsTarget('lmstudio');
  const answer = await get('lmstudio', '/v1/nothing-here');
  expect(answer.status).toBe(200);
  expect(judgeAnswer('openai', answer).ending).toMatchObject({ how: 'shape' });
});

test('the server of llama.cpp is ready, and has a model', async () => {
  needsTarget('llamacpp');
  expect(JSON.parse((await get('llamacpp', '/health')).text)).toMatchObject({ status: 'ok' });
  const { data } = JSON.parse((await get('llamacpp', '/v1/models')).text);
  expect(data[0]).toMatchObject({ object: 'model', owned_by: 'llamacpp' });
});

test('vLLM is ready, and says how long its context is', async () => {
  needsTarget('providers');
  expect((await get('vllm', '/health')).status).toBe(200);
  const { data } = JSON.parse((await get('vllm', '/v1/models')).text);
  expect(data[0].max_model_len).toBeGreaterThan(0);
});

test('Ollama has a model', async () => {
  needsTarget('ollama');
  service('ollama-model');
  const answer = await fetch(`${service('ollama').url}/api/tags`, { signal: AbortSignal.timeout(10_000) });
  const { models } = (await answer.json()) as { models: { name: string }[] };
  expect(models.length).toBeGreaterThan(0);
});
