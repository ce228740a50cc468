import Anthropic, { NotFoundError } from '@anthropic-ai/sdk';
import { beforeEach, expect, test } from '@jest/globals';
import axios from 'axios';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { service } from '../../harness/suite/stack.ts';

beforeEach(() => needs('models'));

const get = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
  const url = `${service('gateway').url}/v1/models${path}`;
  const { status, data } = await axios.get(url, { headers, timeout: 10_000, validateStatus: () => true });
  return { status, data };
};
const anthropic = { 'Anthropic-Version': '2023-06-01' };
const client = () =>
  new Anthropic({ baseURL: service('gateway').url, apiKey: 'unused', authToken: null, maxRetries: 0 });
const idsOf = (models: readonly { readonly id: string }[]) => models.map(({ id }) => id);

const claudeModel = expect.objectContaining({
  type: 'model',
  id: expect.stringMatching(/./),
  display_name: expect.any(String),
  created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
});

// covers 001/models-claude-cli
test('a caller of the Anthropic API gets its envelope around the same models', async () => {
  const plain = await get('');
  const { status, data } = await get('', anthropic);
  expect(status).toBe(200);
  expect(data.data).toEqual(data.data.map(() => claudeModel));
  expect(idsOf(data.data)).toEqual(idsOf(plain.data.data));
  expect(data).toMatchObject({
    has_more: false,
    first_id: data.data[0]?.id,
    last_id: data.data.at(-1)?.id,
  });
  expect(data).not.toHaveProperty('object');
});

// covers 001/models-claude-cli
test.each(['claude-cli/1.0.2 (external, cli)', 'Claude-CLI/1.0', 'CLAUDE-CLI'])(
  'the command line %s gets the envelope and the word list',
  async (agent) => {
    const { data } = await get('', { 'User-Agent': agent });
    expect(data).toMatchObject({ object: 'list', has_more: false, first_id: data.data[0]?.id });
    expect(data.data.length).toBeGreaterThan(0);
    expect(data.data).toEqual(data.data.map(() => claudeModel));
  },
);

// covers 001/models-claude-cli
test('only the beginning of a user agent makes a command line', async () => {
  const { data } = await get('', { 'User-Agent': 'something like claude-cli/1.0' });
  expect(data).toEqual((await get('')).data);
});

// covers 001/models-claude-cli
test('the header of the Anthropic API wins over the user agent', async () => {
  const { data } = await get('', { ...anthropic, 'User-Agent': 'claude-cli/1.0' });
  expect(data).not.toHaveProperty('object');
});

test('a client version asks for the catalogue of Codex, whoever asks', async () => {
  const { status, data } = await get('?client_version=0.99.0', anthropic);
  expect(status).toBe(200);
  expect(data.models.map(({ slug }: { slug: string }) => slug)).toEqual(idsOf((await get('')).data.data));
  expect(data.models[0]).toMatchObject({
    display_name: expect.any(String),
    visibility: 'list',
    supported_in_api: true,
    priority: expect.any(Number),
    supported_reasoning_levels: expect.any(Array),
  });
});

test('the official client of the Anthropic API pages through all models, each once', async () => {
  const seen: string[] = [];
  for await (const model of client().models.list({ limit: 1 })) seen.push(model.id);
  expect(seen).toEqual(idsOf((await get('')).data.data));
});

test('the official client of the Anthropic API retrieves one model, and misses one that is not there', async () => {
  const [first = ''] = idsOf((await get('')).data.data);
  await expect(client().models.retrieve(first)).resolves.toMatchObject({ type: 'model', id: first });
  await expect(client().models.retrieve('no-such-model')).rejects.toBeInstanceOf(NotFoundError);
});

test('a model that is not there is missed in the words of the API that was asked', async () => {
  const [plain, claude] = await Promise.all([get('/no/such-model'), get('/no/such-model', anthropic)]);
  expect([plain.status, claude.status]).toEqual([404, 404]);
  convention('gateway', 'a missing model has the error body of the API that was asked', () => {
    expect(plain.data).toMatchObject({ error: { code: 'model_not_found' } });
    expect(claude.data).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
  });
});
