import { expect, test } from '@jest/globals';
import { GauntletProcess } from '../gauntlet-process.ts';

async function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const process = new GauntletProcess(args, environment);
  return { code: await process.exit(), output: process.output };
}

test('config tells every value with its origin, and of keys that they are there', async () => {
  const args = ['config', '--setup', 'openai', '--embedding-dimension', '768', '--json'];
  const { code, output } = await run(args, { OPENAI_API_KEY: 'sk-planted', TEXT_MODEL: 'mine' });
  expect(code).toBe(0);
  expect(output).not.toContain('planted');
  expect(JSON.parse(output)).toMatchObject({
    setup: { value: 'openai', from: '--setup' },
    'text models': { value: ['mine'], from: 'TEXT_MODEL of the environment' },
    'vector length': { value: [768], from: '--embedding-dimension' },
    'openai key': { value: 'set', from: 'OPENAI_API_KEY of the environment' },
  });
});

test('an unknown setup, or one without its key, is a usage error before anything starts', async () => {
  const unknown = await run(['e2e', '--setup', 'claude']);
  expect(unknown.code).toBe(2);
  expect(unknown.output).toMatch(
    /--setup: there is no provider "claude"[\s\S]*scripted, ollama, .*anthropic/,
  );
  const keyless = await run(['up', '--driver', 'process', '--setup', 'anthropic']);
  expect(keyless.code).toBe(2);
  expect(keyless.output).toMatch(/GNT_SETUP_KEY: .*ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN is not set/);
  expect(keyless.output).not.toContain('run ');
});

test('a variable without a name is refused without its value', async () => {
  const { code, output } = await run(['up', '--env', '=planted']);
  expect(code).toBe(2);
  expect(output).toContain('--env takes NAME=VALUE');
  expect(output).not.toContain('planted');
});

test('--setup and the providers of a composed stack exclude each other', async () => {
  const both = await run(['config', '--setup', 'groq', '--stack-config', 'inference=ollama']);
  expect(both).toMatchObject({ code: 2, output: expect.stringContaining('exclude each other') });
});

// covers 002/suites
test('what a group of suites would run is listed without a stack, once for each model', async () => {
  const { code, output } = await run([
    ...['e2e', '--collect-only', '--suites', 'base,vision'],
    ...['--text-model', 'a,b', '--vision-model', ''],
  ]);
  expect(code).toBe(0);
  expect(output.split('\n').filter((line) => /^\S+\.test\.ts$/.test(line))).toEqual([
    'e2e/base/chat.test.ts',
    'e2e/base/embeddings.test.ts',
    'e2e/base/models.test.ts',
    'e2e/base/responses.test.ts',
    'e2e/vision/images.test.ts',
  ]);
  expect(output).toContain('  a response is complete and says something [txt=a]\n');
  expect(output).toContain('  a response is complete and says something [txt=b]\n');
  expect(output).toContain('  a question about an image gets an answer [vis=none]\n');
});

test('a selection without a test is a failure that says so', async () => {
  const { code, output } = await run([
    'e2e',
    '--collect-only',
    '--suites',
    'vision',
    '--grep',
    'no such test',
  ]);
  expect(code).toBe(1);
  expect(output).toContain('no tests matched');
});
