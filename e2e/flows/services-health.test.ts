/**
 * @provider any
 * @uses open-webui
 * @uses memory
 */
import { expect, test } from '@jest/globals';
import OpenAI from 'openai';
import waitOn from 'wait-on';
import { cliModel } from '../../harness/suite/chat.ts';
import { suiteModels } from '../../harness/suite/setup/setup.ts';
import { optionalService, service } from '../../harness/suite/stack.ts';

/** Where each service tells anybody that it is healthy. */
const healthPaths: Readonly<Record<string, string>> = {
  gateway: '/health',
  'baseline-cli': '/health',
  'baseline-langchain': '/health',
  memory: '/health',
  litellm: '/health/readiness',
  ollama: '/api/version',
  'ollama-narrow': '/api/version',
  'open-webui': '/health',
};

// covers 000/local-smoke-scripts
test('every service of the stack is healthy, seen from outside', async () => {
  const resources = Object.entries(healthPaths).flatMap(([name, path]) => {
    const { url } = optionalService(name) ?? {};
    return url === undefined ? [] : [`${url.replace(/^http/, 'http-get')}${path}`];
  });
  expect(resources.length).toBeGreaterThan(0);
  await expect(
    waitOn({ resources, timeout: 20_000, interval: 100, tcpTimeout: 5_000 }),
  ).resolves.not.toThrow();
});

// covers 000/selective-end-to-end
test('what a demonstration needs works: a model is listed, answers, and streams', async () => {
  const client = new OpenAI({
    baseURL: `${service('gateway').url}/v1`,
    apiKey: 'unused',
    maxRetries: 0,
    timeout: 30_000,
  });
  const listed = await client.models.list();
  expect(listed.data.map(({ id }) => id)).toContain(cliModel);
  const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }];
  // What a model knows is its own affair; the scripted one knows this.
  const right = suiteModels()?.isScripted === false ? /\S/ : /paris/i;
  const whole = await client.chat.completions.create({ model: cliModel, messages });
  expect(whole.choices[0]?.message.content).toMatch(right);
  const stream = client.chat.completions.stream({ model: cliModel, messages });
  expect(await stream.finalContent()).toMatch(right);
});
