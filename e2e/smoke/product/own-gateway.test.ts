import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { type OwnService, startOwn } from '../../../harness/smoke/own-service.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { journalOf, release } from '../../../harness/suite/journal.ts';
import { newOperation } from '../../../harness/suite/operation.ts';
import { service } from '../../../harness/suite/stack.ts';

const key = 'sk-smoke-of-this-test-alone';
let gateway: OwnService | undefined;
let url: string;

/** A gateway that knows one key and a provider that no code knows: that of the stack takes any key. */
beforeAll(async () => {
  const added = {
    id: 'added',
    baseUrl: `${service('doubles').url}/openai/v1`,
    apiKeys: ['double-key-of-openai'],
    models: { 'added-model': 'gpt-6-luna' },
  };
  gateway = await startOwn('gateway', {
    GATEWAY_API_KEYS: key,
    GATEWAY_ADMIN_KEY: '',
    GATEWAY_OPEN: '',
    GATEWAY_PROVIDERS: JSON.stringify([added]),
    UPSTREAM_FIRST_BYTE_TIMEOUT_MS: '1500',
    UPSTREAM_ATTEMPTS: '1',
  });
  url = gateway.url;
  await gateway.ready();
});
afterAll(() => gateway?.stop());

const models = (headers: Readonly<Record<string, string>>) =>
  fetch(`${url}/v1/models`, { headers, signal: AbortSignal.timeout(10_000) });
const retries = { maxRetries: 0 };

// covers 003/target-auth
test('the key is taken as a bearer token, as the client of OpenAI sends it', async () => {
  needsTarget('auth');
  const { data } = await new OpenAI({ baseURL: `${url}/v1`, apiKey: key, ...retries }).models.list();
  expect(data.length).toBeGreaterThan(0);
});

// covers 003/target-auth
test('the key is taken as x-api-key, as the client of Anthropic sends it', async () => {
  needsTarget('auth');
  const { data } = await new Anthropic({
    baseURL: url,
    apiKey: key,
    authToken: null,
    ...retries,
  }).models.list();
  expect(data.length).toBeGreaterThan(0);
});

// covers 003/target-auth
test('the key is taken as the auth token of a client of Anthropic', async () => {
  needsTarget('auth');
  const { data } = await new Anthropic({
    baseURL: url,
    authToken: key,
    apiKey: null,
    ...retries,
  }).models.list();
  expect(data.length).toBeGreaterThan(0);
});

// covers 003/target-auth
test.each([
  ['no key', {}],
  ['a wrong bearer token', { authorization: 'Bearer sk-wrong' }],
  ['a wrong x-api-key', { 'x-api-key': 'sk-wrong' }],
  ['the key and more', { authorization: `Bearer ${key}x` }],
])('%s is refused with 401 and does not come back in the answer', async (_, headers) => {
  needsTarget('auth');
  const answer = await models(headers);
  const text = await answer.text();
  expect(answer.status).toBe(401);
  expect(JSON.parse(text).error.message).toMatch(/./);
  expect(text).not.toContain('sk-');
});

// covers 003/target-auth
test('the health of the gateway needs no key', async () => {
  needsTarget('auth');
  expect((await fetch(`${url}/health`, { signal: AbortSignal.timeout(10_000) })).status).toBe(200);
});

const chat = (text: string) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'added-model', messages: [{ role: 'user', content: text }] }),
    signal: AbortSignal.timeout(20_000),
  });

// covers 003/target-extensibility
test('a provider is added by a setting alone', async () => {
  needsTarget('extensibility');
  const { id, mark } = newOperation({ say: 'added' });
  expect(await (await chat(`Hi ${mark}`)).json()).toMatchObject({
    choices: [{ message: { content: 'added' } }],
  });
  expect((await journalOf(id))[0]?.model).toBe('gpt-6-luna');
});

// covers 003/target-config
test('bounds of the environment win over those of compose.yaml and arrive', async () => {
  needsTarget('config');
  const { id, mark } = newOperation({ hold: 0 });
  const late = await chat(`Hi ${mark}`);
  await release(id);
  expect(late.status).toBe(504);
  expect(await late.json()).toMatchObject({ error: { code: 'upstream_first_byte_timeout' } });
});
