import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { type OwnService, startOwn } from '../../../harness/smoke/own-service.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';

const key = 'sk-smoke-of-this-test-alone';
let gateway: OwnService | undefined;
let url: string;

/** A gateway that knows one key: that of the stack takes any. */
beforeAll(async () => {
  needsTarget('auth');
  gateway = await startOwn('gateway', { GATEWAY_API_KEYS: key, GATEWAY_ADMIN_KEY: '', GATEWAY_OPEN: '' });
  url = gateway.url;
  await gateway.ready();
});
afterAll(() => gateway?.stop());
beforeEach(() => needsTarget('auth'));

const models = (headers: Readonly<Record<string, string>>) =>
  fetch(`${url}/v1/models`, { headers, signal: AbortSignal.timeout(10_000) });
const retries = { maxRetries: 0 };

// covers 003/target-auth
test('the key is taken as a bearer token, as the client of OpenAI sends it', async () => {
  const { data } = await new OpenAI({ baseURL: `${url}/v1`, apiKey: key, ...retries }).models.list();
  expect(data.length).toBeGreaterThan(0);
});

// covers 003/target-auth
test('the key is taken as x-api-key, as the client of Anthropic sends it', async () => {
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
  const answer = await models(headers);
  const text = await answer.text();
  expect(answer.status).toBe(401);
  expect(JSON.parse(text).error.message).toMatch(/./);
  expect(text).not.toContain('sk-');
});

// covers 003/target-auth
test('the health of the gateway needs no key', async () => {
  expect((await fetch(`${url}/health`, { signal: AbortSignal.timeout(10_000) })).status).toBe(200);
});
