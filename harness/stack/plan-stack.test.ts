import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { planStack, type StackSetup } from './plan-stack.ts';

const composeFile = join(mkdtempSync(join(tmpdir(), 'plan-stack-')), 'compose.yaml');
writeFileSync(
  composeFile,
  `services:
  gateway:
    profiles: [core]
    ports: ["1:80"]
    environment:
      URL: \${MODEL_API_URL:-http://litellm:4001/v1}
      KEY: \${MODEL_API_KEY:-\${LITELLM_MASTER_KEY:-}}
      MODEL: \${MODEL:-scripted}
  litellm: { profiles: [litellm], ports: ["1:4001"] }
  scope: { profiles: [core], ports: ["1:9300"], environment: { OWN: x } }
`,
);

const setup: StackSetup = {
  variables: { MODEL: 'tiny', SETUP_BASE_URL: 'http://ollama:11434/v1', SETUP_MODEL_API_KEY: 'none-needed' },
  secrets: ['sk-planted'],
  serviceEnvironment: { GREETING: 'good morning' },
};

async function environmentOf(
  name: string,
  profiles: readonly string[],
  given?: StackSetup,
  environment: Readonly<Record<string, string>> = {},
) {
  const request = { driver: 'process', composeFile, profiles, workers: 2, environment } as const;
  const plan = await planStack({ ...request, setup: given, absence: () => undefined });
  return { plan, environment: plan.services.find(({ spec }) => spec.name === name)?.spec.environment };
}

test("without LiteLLM a stack speaks to the provider of its setup, with that one's key", async () => {
  const { environment } = await environmentOf('gateway', ['core'], setup);
  expect(environment).toMatchObject({ URL: 'http://ollama:11434/v1', KEY: 'none-needed', MODEL: 'tiny' });
});

test('with LiteLLM it speaks to LiteLLM, with the key of the run', async () => {
  const { plan, environment } = await environmentOf('gateway', ['core', 'litellm'], setup);
  expect(environment).toMatchObject({ URL: 'http://litellm:4001/v1', MODEL: 'tiny' });
  expect(environment?.KEY).toBe(plan.variables.LITELLM_MASTER_KEY);
});

test('without a setup it speaks to the scripted provider', async () => {
  const { environment } = await environmentOf('gateway', ['core']);
  expect(environment).toMatchObject({ URL: 'http://provider:9100/v1', MODEL: 'scripted' });
});

test("another model API of the user's goes before the setup's", async () => {
  const own = { MODEL_API_URL: 'http://mine/v1', MODEL_API_KEY: 'mine' };
  const { environment } = await environmentOf('gateway', ['core'], setup, own);
  expect(environment).toMatchObject({ URL: 'http://mine/v1', KEY: 'mine' });
});

test('every service of the user has the variables of --env, and the secrets of a setup are those of the run', async () => {
  const { plan, environment } = await environmentOf('scope', ['core'], setup);
  expect(environment).toEqual({ OWN: 'x' });
  expect(plan.services[0]?.spec.environment.GREETING).toBe('good morning');
  expect(plan.secrets).toContain('sk-planted');
});
