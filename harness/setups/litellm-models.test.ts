import { expect, test } from '@jest/globals';
import { providers } from './catalogue.ts';
import { modelsOfRoute, modelsOfStack } from './litellm-models.ts';
import type { Given } from './model-settings.ts';
import { settleSettings } from './settings.ts';

function models(setup: string, environment: Given['environment'] = {}) {
  const given: Given = { flags: { '--setup': setup }, set: {}, environment };
  const { routes, models: settled } = settleSettings({ given });
  return modelsOfRoute(routes[0], settled.embedding.value);
}

test('every stack has the scripted models and the tiny one', () => {
  expect(modelsOfStack(providers).map(({ model_name: name }) => name)).toEqual([
    'scripted',
    'scripted-mini',
    'scripted-vision',
    'scripted-embedding',
    'ollama-tiny',
  ]);
});

test('a provider that LiteLLM knows is asked where LiteLLM knows it, with the key by its variable', () => {
  const [chat, embedding] = models('openai', { OPENAI_API_KEY: 'sk-planted' });
  expect(chat).toMatchObject({
    model_name: 'gpt-6-luna',
    litellm_params: { model: 'openai/gpt-6-luna', api_key: 'os.environ/SETUP_API_KEY' },
  });
  expect(chat?.litellm_params).not.toHaveProperty('api_base');
  expect(embedding).toMatchObject({
    litellm_params: { model: 'openai/text-embedding-3-small' },
    model_info: { mode: 'embedding' },
  });
});

test('one that the user moved is asked at the new address by the OpenAI API', () => {
  const [chat] = models('anthropic', { ANTHROPIC_API_KEY: 'sk', ANTHROPIC_BASE_URL: 'http://10.0.0.7/v1' });
  expect(chat?.litellm_params).toMatchObject({
    model: 'openai/claude-haiku-5-5',
    api_base: 'os.environ/SETUP_BASE_URL',
  });
});

test('Ollama is the one of the stack, and gets no key', () => {
  const [chat] = models('ollama');
  expect(chat?.litellm_params).toMatchObject({
    model: 'ollama_chat/tiny',
    api_base: 'os.environ/OLLAMA_URL',
  });
  expect(chat?.litellm_params).not.toHaveProperty('api_key');
});

test('a server of the user is asked at its address, with a key that nobody reads', () => {
  expect(models('vllm')[0]?.litellm_params).toMatchObject({
    model: 'hosted_vllm/meta-llama/Llama-3.2-1B-Instruct',
    api_base: 'os.environ/SETUP_BASE_URL',
    api_key: 'unused',
  });
});
