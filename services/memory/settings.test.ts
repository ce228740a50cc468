import { expect, test } from '@jest/globals';
import { readEnvironment } from '../kit/environment.ts';
import { readSettings } from './settings.ts';

test('without a model URL the service works by rules', () => {
  expect(readSettings(readEnvironment({}))).toEqual({
    llm: undefined,
    requestsPerMinute: 60,
    maxMemoriesPerUser: 100,
  });
});

test('model and limits come from the environment', () => {
  const env = readEnvironment({ MEMORY_LLM_BASE_URL: 'http://p:1/v1/', MEMORY_RATE_LIMIT_PER_MINUTE: '5' });
  expect(readSettings(env)).toMatchObject({
    llm: { baseUrl: 'http://p:1/v1', model: 'scripted', apiKey: undefined },
    requestsPerMinute: 5,
  });
});

test('a limit of nothing is refused', () => {
  const env = readEnvironment({ MEMORY_MAX_MEMORIES_PER_USER: '0' });
  expect(() => readSettings(env)).toThrow('MEMORY_MAX_MEMORIES_PER_USER');
});
