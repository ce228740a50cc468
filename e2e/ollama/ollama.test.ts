/** @provider any */
import { beforeAll, expect, test } from '@jest/globals';
import axios from 'axios';
import OpenAI from 'openai';
import { isReplayed, service } from '../../harness/suite/stack.ts';
import { sentence } from './ollama-tiny.ts';

let url: string;
let client: OpenAI;
const messages = [{ role: 'user' as const, content: 'Tell me a story' }];

beforeAll(() => {
  if (!isReplayed()) service('ollama-model');
  url = service('ollama').url;
  client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'unused', maxRetries: 0 });
});

// covers 000/live-ollama
test('the tiny model is listed with its format and size', async () => {
  const { data } = await axios.get<{ models: { name: string; size: number; details: object }[] }>(
    `${url}/api/tags`,
  );
  const tiny = data.models.find(({ name }) => name === 'tiny:latest');
  expect(tiny?.size).toBeGreaterThan(100_000);
  expect(tiny?.details).toMatchObject({ format: 'gguf', family: 'llama' });
});

// covers 000/live-ollama
test('the model itself writes the answer, word by word as its weights say', async () => {
  const answer = await client.chat.completions.create({ model: 'tiny', messages });
  expect(answer.choices[0]?.message.content?.trim()).toBe(sentence);
  expect(answer.choices[0]?.finish_reason).toBe('stop');
  expect(answer.usage?.completion_tokens).toBeGreaterThan(10);
});

// covers 000/live-ollama
test('max_tokens ends the answer early and says so', async () => {
  const answer = await client.chat.completions.create({ model: 'tiny', messages, max_tokens: 4 });
  expect(answer.choices[0]?.message.content?.trim()).toBe('The quick brown fox');
  expect(answer.choices[0]?.finish_reason).toBe('length');
});

// covers 000/live-ollama
// covers 000/upstream-streaming
test('a streamed answer comes in several chunks that add up to the same text', async () => {
  const stream = await client.chat.completions.create({ model: 'tiny', messages, stream: true });
  const pieces: string[] = [];
  let finish: string | null | undefined;
  for await (const { choices } of stream) {
    if (choices[0]?.delta.content) pieces.push(choices[0].delta.content);
    finish = choices[0]?.finish_reason ?? finish;
  }
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.join('').trim()).toBe(sentence);
  expect(finish).toBe('stop');
});

// covers 000/live-ollama
test('a model that was never registered is a 404', async () => {
  const asked = client.chat.completions.create({ model: 'huge', messages });
  await expect(asked).rejects.toMatchObject({ status: 404 });
});
