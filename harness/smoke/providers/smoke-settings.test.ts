import { expect, test } from '@jest/globals';
import { findProvider, type SmokeProvider } from './catalogue.ts';
import { modelOf, readSmokeSettings } from './smoke-settings.ts';

const provider = (name: string): SmokeProvider => findProvider(name) as SmokeProvider;

test('without settings doubles are asked, with a bound', () => {
  expect(readSmokeSettings({})).toEqual({ live: false, named: undefined, timeoutMs: 45_000 });
});

test.each([
  [{ E2E_LIVE: 'yes' }, /E2E_LIVE is 1/],
  [
    { E2E_LIVE: '1', E2E_PROVIDERS: 'openai,opnai' },
    /E2E_PROVIDERS: "opnai" is no provider; providers: ollama, vllm/,
  ],
  [{ E2E_PROVIDERS: 'openai' }, /E2E_PROVIDERS .* needs E2E_LIVE=1/],
  [{ E2E_TARGETS: 'apu' }, /E2E_TARGETS: "apu"/],
  [{ E2E_MODEL_OPNAI: 'x' }, /E2E_MODEL_OPNAI is for no provider/],
  [{ E2E_TIMEOUT_S: '0' }, /E2E_TIMEOUT_S is a number/],
  [{ E2E_TIMEOUT_S: 'soon' }, /E2E_TIMEOUT_S is a number/],
  [{ E2E_TIMEOUT_S: '1e9' }, /E2E_TIMEOUT_S is a number/],
])('%j is refused, naming the variable', (environment, message) => {
  expect(() => readSmokeSettings(environment)).toThrow(message);
});

test('providers are named by their names here or elsewhere', () => {
  const { named } = readSmokeSettings({ E2E_LIVE: '1', E2E_PROVIDERS: 'open_router, claude' });
  expect([...(named ?? [])]).toEqual(['openrouter', 'anthropic']);
});

test.each([
  ['deepseek', 'deepseek-chat', 'deepseek-chat'],
  ['deepseek', 'deepseek/deepseek-chat', 'deepseek-chat'],
  ['vllm', 'meta-llama/Llama-3.2-1B-Instruct', 'meta-llama/Llama-3.2-1B-Instruct'],
  ['groq', 'openai/gpt-oss-120b', 'openai/gpt-oss-120b'],
  ['groq', 'groq/openai/gpt-oss-120b', 'openai/gpt-oss-120b'],
  ['openrouter', 'openrouter/auto', 'openrouter/auto'],
  ['openrouter', 'openrouter/anthropic/claude-haiku-5-5', 'anthropic/claude-haiku-5-5'],
])('for %s, %s means the model %s', (name, given, model) => {
  expect(modelOf(provider(name), { [`E2E_MODEL_${name.toUpperCase()}`]: given })).toBe(model);
});

test.each(['', ' ', '/x', 'x/', 'a b', 'a\nb', 'openai/gpt-6-luna', 'groq/x'])(
  'for DeepSeek %j is a mistake that names its variable',
  (given) => {
    expect(() => modelOf(provider('deepseek'), { E2E_MODEL_DEEPSEEK: given })).toThrow(/E2E_MODEL_DEEPSEEK/);
  },
);
