import { beforeEach, expect, test } from '@jest/globals';
import axios from 'axios';
import OpenAI from 'openai';
import { cliModel } from '../../harness/suite/chat.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { skip } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';

/** Of compose.yaml; a gateway of the user's may have it by another name. */
const model = process.env.EMBEDDING_MODEL ?? 'scripted-embedding';

const client = () =>
  new OpenAI({ baseURL: `${service('gateway').url}/v1`, apiKey: 'unused', maxRetries: 0, timeout: 30_000 });
const post = async (body: unknown) => {
  const url = `${service('gateway').url}/v1/embeddings`;
  const headers = { 'content-type': 'application/json' };
  const { status, data } = await axios.post(url, body, {
    headers,
    timeout: 30_000,
    validateStatus: () => true,
  });
  return { status, data };
};
const vectorsOf = (data: { readonly data: readonly { readonly embedding: number[] }[] }) =>
  data.data.map(({ embedding }) => embedding);

beforeEach(async () => {
  await needs('embeddings');
  const { status } = await post({ model, input: 'Hi' });
  if (status === 404)
    skip(`the gateway has no embedding model ${model}; EMBEDDING_MODEL names another`, 'missing_env');
});

test('the official client embeds texts, each with its place, and is told the tokens', async () => {
  const { object, data, usage } = await client().embeddings.create({
    model,
    input: ['blue sky', 'fast car'],
  });
  expect(object).toBe('list');
  expect(data.map(({ index, object: kind }) => [index, kind])).toEqual([
    [0, 'embedding'],
    [1, 'embedding'],
  ]);
  expect(data[0]?.embedding.length).toBeGreaterThan(1);
  expect(data[1]?.embedding).toHaveLength(data[0]?.embedding.length ?? 0);
  expect(data[1]?.embedding).not.toEqual(data[0]?.embedding);
  expect(usage.total_tokens).toBeGreaterThan(0);
});

test('both encodings carry the same vector', async () => {
  const [floats, base64] = await Promise.all(
    ['float', 'base64'].map((encoding_format) => post({ model, input: 'blue sky', encoding_format })),
  );
  const packed = Buffer.from(base64?.data.data[0].embedding, 'base64');
  const [vector = []] = vectorsOf(floats?.data);
  expect(packed).toHaveLength(vector.length * 4);
  expect(vector.map(Math.fround)).toEqual(vector.map((_, at) => packed.readFloatLE(at * 4)));
});

test('tokens are one input, and lists of tokens are several', async () => {
  const [one, two] = await Promise.all([
    post({ model, input: [1, 2, 3] }),
    post({ model, input: [[1, 2, 3], [4]] }),
  ]);
  expect([one.data.data.length, two.data.data.length]).toEqual([1, 2]);
  expect(vectorsOf(two.data)[0]).toEqual(vectorsOf(one.data)[0]);
});

test('a vector has as many dimensions as were asked for', async () => {
  const { status, data } = await post({ model, input: 'blue sky', dimensions: 8 });
  expect(status).toBe(200);
  expect(vectorsOf(data)[0]).toHaveLength(8);
});

test('the input reaches the model as it was written', async () => {
  const { id, mark } = newOperation();
  const input = `Zażółć  gęślą\njaźń ${mark}`;
  expect((await post({ model, input })).status).toBe(200);
  const [entry] = await journalOf(id, 'embedding');
  expect(entry?.requestText).toBe(input);
});

test.each([
  ['no input', { model }],
  ['an empty text', { model, input: '' }],
  ['an empty list', { model, input: [] }],
  ['an empty text among others', { model, input: ['a', ''] }],
  ['texts and tokens in one list', { model, input: ['a', 1] }],
  ['an object', { model, input: { text: 'a' } }],
  ['null', { model, input: null }],
  ['tokens that are no whole numbers', { model, input: [1.5] }],
  ['an encoding that nobody knows', { model, input: 'a', encoding_format: 'hex' }],
  ['no dimensions at all', { model, input: 'a', dimensions: 0 }],
  ['dimensions in words', { model, input: 'a', dimensions: 'many' }],
  ['no model', { input: 'a' }],
])('%s is refused with 400 or 422 and a reason', async (_, body) => {
  const { status, data } = await post(body);
  expect([400, 422]).toContain(status);
  convention('gateway', 'a refusal names its parameter as the OpenAI API does', () => {
    expect(data.error).toMatchObject({ type: 'invalid_request_error', param: expect.stringMatching(/./) });
  });
});

test('a body that is no JSON is refused, and the next request is answered', async () => {
  expect([400, 422]).toContain((await post('{"model":')).status);
  expect((await post({ model, input: 'a' })).status).toBe(200);
});

test('a model that makes no embeddings is refused, and one that is not there is missed', async () => {
  const [agent, nobody] = await Promise.all([
    post({ model: cliModel, input: 'a' }),
    post({ model: 'no-such-model', input: 'a' }),
  ]);
  expect([400, 403, 404, 422]).toContain(agent.status);
  expect([400, 404]).toContain(nobody.status);
  convention('gateway', 'the errors have the codes of the OpenAI API', () => {
    expect(agent.data.error.code).toBe('model_not_supported');
    expect(nobody.data.error.code).toBe('model_not_found');
  });
});
