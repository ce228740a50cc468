import { expect, test } from '@jest/globals';
import type { Given } from './model-settings.ts';
import { type AdHoc, settleSettings } from './settings.ts';
import { parseStackConfig } from './stack-config.ts';
import { stackVariables } from './stack-variables.ts';

const key = 'sk-planted-0123';

function variables(flags: Given['flags'], environment: Given['environment'] = {}, adHoc?: AdHoc) {
  const given: Given = { flags, environment, set: {} };
  return stackVariables(settleSettings({ given, adHoc }), given);
}

test('the scripted provider changes nothing', () => {
  expect(variables({})).toEqual({ variables: {}, secrets: [] });
  expect(variables({ '--text-model': 'scripted-direct,scripted' }).variables).toEqual({});
});

test('agents and gateway get the first text model, the gateway all of them', () => {
  const { variables: told, secrets } = variables(
    { '--setup': 'openai', '--text-model': 'a,b', '--vision-model': 'c' },
    { OPENAI_API_KEY: key },
  );
  expect(told).toEqual({
    MODEL: 'a',
    SETUP_BASE_URL: 'https://api.openai.com/v1',
    SETUP_API_KEY: key,
    SETUP_MODEL_API_KEY: key,
    SETUP_MODELS: '"b":"b","c":"c","text-embedding-3-small":"text-embedding-3-small",',
    SETUP_PROVIDERS: '',
    GATEWAY_EMBEDDING_MODEL: 'text-embedding-3-small',
  });
  expect(secrets).toEqual([key]);
});

test('a provider that asks for no key gets none, and not that of LiteLLM', () => {
  const { variables: told, secrets } = variables({ '--setup': 'vllm' });
  expect(told).not.toHaveProperty('SETUP_API_KEY');
  expect(told.SETUP_MODEL_API_KEY).toBe('none-needed');
  expect(secrets).toEqual([]);
});

test('what the user sets goes before the setup', () => {
  const environment = { OPENAI_API_KEY: key, MODEL: 'mine', GATEWAY_EMBEDDING_MODEL: 'also-mine' };
  const { variables: told } = variables({ '--setup': 'openai' }, environment);
  expect(told).not.toHaveProperty('MODEL');
  expect(told).not.toHaveProperty('GATEWAY_EMBEDDING_MODEL');
});

test('a second provider of a composed stack is one of the gateway, with its own key', () => {
  const config = parseStackConfig('inference=ollama,embeddings=openai') as AdHoc & { kind: 'ad-hoc' };
  const { variables: told, secrets } = variables({}, { OPENAI_API_KEY: key }, config);
  expect(told.MODEL).toBe('tiny');
  expect(told.SETUP_BASE_URL).toBe('http://ollama:11434/v1');
  expect(told.SETUP_MODEL_API_KEY).not.toBe(key);
  expect(JSON.parse(`[${told.SETUP_PROVIDERS?.slice(0, -1)}]`)).toEqual([
    {
      id: 'setup-openai',
      baseUrl: 'https://api.openai.com/v1',
      cooldown: false,
      apiKeys: [key],
      models: { 'text-embedding-3-small': 'text-embedding-3-small' },
    },
  ]);
  expect(secrets).toEqual([key]);
});

test('a key that is missing is an error that names its variables', () => {
  expect(() => variables({ '--setup': 'gemini' })).toThrow(
    'The setup gemini needs a key, and GEMINI_API_KEY or GOOGLE_API_KEY is not set.',
  );
});

test('a setup without a model of its own asks for one', () => {
  expect(() => variables({ '--setup': 'lmstudio' })).toThrow(
    expect.objectContaining({
      code: 'GNT_SETUP_MODEL',
      message: expect.stringContaining('lmstudio names no text model'),
      hint: expect.stringContaining('--text-model'),
    }),
  );
  expect(variables({ '--setup': 'lmstudio', '--text-model': 'qwen' }).variables.MODEL).toBe('qwen');
});
