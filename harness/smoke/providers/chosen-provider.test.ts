import { expect, test } from '@jest/globals';
import { findProvider, type SmokeProvider, smokeProviders } from './catalogue.ts';
import { type ChosenProvider, chooseProvider, gatewayEntries } from './chosen-provider.ts';

const doubles = 'http://doubles:9600';
const choose = (name: string, environment: Readonly<Record<string, string>>) =>
  chooseProvider(findProvider(name) as SmokeProvider, environment, doubles);

test('without E2E_LIVE a key of the user is never taken', () => {
  const chosen = choose('openai', {
    OPENAI_API_KEY: 'sk-of-the-user',
    OPENAI_BASE_URL: 'https://elsewhere/v1',
  });
  expect(chosen).toMatchObject({
    isLive: false,
    isDouble: true,
    accesses: [{ url: `${doubles}/openai/v1`, key: 'double-key-of-openai' }],
  });
});

test('live, a provider is asked in every mode for which there is a key', () => {
  const environment = { E2E_LIVE: '1', ANTHROPIC_API_KEY: 'sk-ant' };
  const modes = (more = {}) =>
    (choose('anthropic', { ...environment, ...more }) as ChosenProvider).accesses.map(
      ({ auth, url, key }) => [auth, url, key],
    );
  expect(modes()).toEqual([
    ['bearer', 'https://api.anthropic.com/v1', 'sk-ant'],
    ['x-api-key', 'https://api.anthropic.com/v1', 'sk-ant'],
  ]);
  expect(modes({ ANTHROPIC_AUTH_TOKEN: 'oauth' }).at(-1)).toEqual([
    'oauth-token',
    'https://api.anthropic.com/v1',
    'oauth',
  ]);
});

test('a key for another address is never sent to the provider itself', () => {
  const environment = { E2E_LIVE: '1', DEEPSEEK_API_KEY: 'sk', DEEPSEEK_BASE_URL: 'http://127.0.0.1:9/v1/' };
  const { accesses } = choose('deepseek', environment) as ChosenProvider;
  expect(accesses.map(({ url }) => url)).toEqual(['http://127.0.0.1:9/v1']);
});

test.each([
  ['openai', {}, 'OPENAI_API_KEY is not set'],
  ['vllm', {}, 'VLLM_URL is not set'],
  ['lmstudio', { LMSTUDIO_URL: 'http://127.0.0.1:1234/v1' }, 'E2E_MODEL_LMSTUDIO is not set'],
  [
    'openai',
    { OPENAI_API_KEY: 'sk', OPENAI_BASE_URL: 'api.openai.com' },
    'OPENAI_BASE_URL is no http(s) address',
  ],
  ['openai', { OPENAI_API_KEY: 'sk', OPENAI_BASE_URL: 'http://a:x' }, 'OPENAI_BASE_URL is no address'],
  ['groq', { GROQ_API_KEY: 'a\nb' }, 'GROQ_API_KEY has a line break in it'],
])('live, %s with %j is left out: %s', (name, environment, reason) => {
  const leftOut = choose(name, { E2E_LIVE: '1', ...environment });
  expect(leftOut).toMatchObject({ reason: expect.stringContaining(reason), isNamed: false });
  const named = choose(name, { E2E_LIVE: '1', E2E_PROVIDERS: name, ...environment });
  expect(named).toMatchObject({ reason: expect.stringContaining(reason), isNamed: true });
});

test('who is not named is left out, even with a key', () => {
  const leftOut = choose('openai', { E2E_LIVE: '1', E2E_PROVIDERS: 'groq', OPENAI_API_KEY: 'sk' });
  expect(leftOut).toMatchObject({ reason: 'E2E_PROVIDERS does not name openai' });
});

test('the gateway gets one entry for each provider, or for each that has a key', () => {
  const entries = (environment: Readonly<Record<string, string>>) =>
    JSON.parse(`[{}${gatewayEntries(environment)}]`).slice(1);
  expect(entries({})).toHaveLength(smokeProviders.length);
  expect(entries({ E2E_LIVE: '1', GROQ_API_KEY: 'gsk', E2E_MODEL_GROQ: 'x' })).toEqual([
    {
      id: 'smoke-groq',
      baseUrl: 'https://api.groq.com/openai/v1',
      apiKeys: ['gsk'],
      cooldown: false,
      models: { 'smoke-groq': 'x' },
    },
  ]);
});
