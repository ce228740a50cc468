import { beforeAll, expect, test } from '@jest/globals';
import axios from 'axios';
import type OpenAI from 'openai';
import { journalOf } from '../../harness/suite/journal.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { ownConnection } from '../../harness/suite/own-connection.ts';
import { service } from '../../harness/suite/stack.ts';
import { ask, litellm, refusalOf } from './litellm-client.ts';

let client: OpenAI;

beforeAll(() => {
  client = litellm();
});

// covers 000/live-litellm
test('a question is answered by the provider behind the proxy', async () => {
  const { id, mark } = newOperation({ say: 'the proxy works' });
  const { text } = await ask(client, { text: `Does it work? ${mark}` });
  expect(text).toBe('the proxy works');
  const [entry, ...more] = await journalOf(id);
  expect(entry).toMatchObject({ status: 200, stream: false, model: 'scripted' });
  expect(more).toEqual([]);
});

test('the configured models are listed', async () => {
  const ids = (await client.models.list()).data.map(({ id }) => id);
  expect(ids).toEqual(
    expect.arrayContaining(['scripted', 'scripted-mini', 'scripted-embedding', 'ollama-tiny']),
  );
});

test('texts are embedded, each into a vector of its own', async () => {
  const { data } = await client.embeddings.create({
    model: 'scripted-embedding',
    input: ['the first text', 'another text'],
    encoding_format: 'float',
  });
  const [first, second] = data.map(({ embedding }) => embedding);
  expect(first?.length).toBeGreaterThan(1);
  expect(second).toHaveLength(first?.length ?? 0);
  expect(second).not.toEqual(first);
});

// Without a database of its own LiteLLM answers 400 where 401 is meant, so the exact status is not asserted.
test('a wrong key is refused and nothing reaches the provider', async () => {
  const { id, mark } = newOperation();
  const error = await refusalOf(ask(litellm('sk-wrong'), { text: `Let me in ${mark}` }));
  expect([400, 401]).toContain(error.status);
  expect(await journalOf(id)).toEqual([]);
});

// LiteLLM 1.106.2 answers 500 where its prisma package is not installed, and 401 where it is.
test('a request without a key is refused and nothing reaches the provider', async () => {
  const { id, mark } = newOperation();
  const { status } = await axios.post(
    `${service('litellm').url}/v1/chat/completions`,
    { model: 'scripted', messages: [{ role: 'user', content: `Let me in ${mark}` }] },
    { headers: ownConnection, validateStatus: () => true },
  );
  expect([401, 500]).toContain(status);
  expect(await journalOf(id)).toEqual([]);
});

test('an unknown model is a client error that names it', async () => {
  const asked = client.chat.completions.create({
    model: 'no-such-model',
    messages: [{ role: 'user', content: 'Hello' }],
  });
  const error = await refusalOf(asked);
  expect(error.status).toBe(400);
  expect(error.message).toContain('no-such-model');
});

test('429 of the provider passes with its status, after one attempt', async () => {
  const { id, mark } = newOperation({ status: 429, retry_after: 1 });
  expect((await refusalOf(ask(client, { text: `Now ${mark}` }))).status).toBe(429);
  expect(await journalOf(id)).toHaveLength(1);
});

test('500 of the provider passes with its status, after one attempt', async () => {
  const { id, mark } = newOperation({ status: 500 });
  expect((await refusalOf(ask(client, { text: `Now ${mark}` }))).status).toBe(500);
  expect(await journalOf(id)).toHaveLength(1);
});

test('an answer that breaks off in its middle is a server error', async () => {
  const { mark } = newOperation({ say: 'this is never read to its end', cut: 1 });
  expect((await refusalOf(ask(client, { text: `Now ${mark}` }))).status).toBe(500);
});
