/** @provider any */
import { beforeAll, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { ownConnection } from '../../harness/suite/own-connection.ts';
import { isReplayed, service, setting } from '../../harness/suite/stack.ts';
import { sentence } from './ollama-tiny.ts';

let client: OpenAI;
const request = {
  model: 'ollama-tiny',
  messages: [{ role: 'user' as const, content: 'Tell me a story' }],
};

beforeAll(() => {
  if (!isReplayed()) service('ollama-model');
  const { url } = service('litellm');
  const apiKey = setting('LITELLM_MASTER_KEY');
  client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0, defaultHeaders: ownConnection });
});

// covers 000/live-ollama
// covers 000/live-litellm
test('the proxy passes a question to the local model and its answer back', async () => {
  const answer = await client.chat.completions.create(request);
  expect(answer.choices[0]?.message.content?.trim()).toBe(sentence);
  expect(answer.choices[0]?.finish_reason).toBe('stop');
});

// covers 000/live-ollama
// covers 000/upstream-streaming
test('the proxy streams the local model', async () => {
  const stream = await client.chat.completions.create({ ...request, stream: true });
  let text = '';
  let finish: string | null | undefined;
  for await (const { choices } of stream) {
    text += choices[0]?.delta.content ?? '';
    finish = choices[0]?.finish_reason ?? finish;
  }
  expect(text.trim()).toBe(sentence);
  expect(finish).toBe('stop');
});
