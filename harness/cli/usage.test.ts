import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { GauntletProcess, newFolder } from './gauntlet-process.ts';

async function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const process = new GauntletProcess(args, environment);
  return { code: await process.exit(), output: process.output };
}

test('an unknown option is a usage error that names the others, and not the whole help', async () => {
  const { code, output } = await run(['e2e', '--frobnicate']);
  expect(code).toBe(2);
  expect(output).toContain("unknown option '--frobnicate'");
  expect(output).toMatch(/options: .*--suites, /);
  expect(output).toContain('npx gauntlet e2e --help');
  expect(output.trim().split('\n').length).toBeLessThan(5);
});

test('an unknown command lists the commands, one that lacks an option says which', async () => {
  const unknown = await run(['huhn']);
  expect(unknown.code).toBe(2);
  expect(unknown.output).toMatch(/unknown command 'huhn'[\s\S]*commands: e2e, up, .*hunt/);
  const lacking = await run(['hunt']);
  expect(lacking.code).toBe(2);
  expect(lacking.output).toMatch(/--workload <name>' not specified[\s\S]*npx gauntlet hunt --help/);
  expect(lacking.output).not.toContain('Usage:');
});

test('the remote driver without any address is one error before anything is run', async () => {
  const { code, output } = await run(['e2e', '--driver', 'remote']);
  expect(code).toBe(2);
  expect(output).toContain('GNT_REMOTE_EMPTY');
  expect(output).toContain('GATEWAY_URL=');
});

test('an unknown driver lists the drivers', async () => {
  const { code, output } = await run(['e2e', '--driver', 'podman']);
  expect(code).toBe(2);
  expect(output).toContain('compose, process, remote');
});

test('an unknown suite lists the suites', async () => {
  const { code, output } = await run(['e2e', '--suites', 'gatewya']);
  expect(code).toBe(2);
  expect(output).toMatch(/There is no suite "gatewya"[\s\S]*gateway/);
});

test('a test file that nothing matches is told, and one that is named is all that is listed', async () => {
  const unknown = await run(['e2e', 'chta.test.ts']);
  expect(unknown.code).toBe(2);
  expect(unknown.output).toContain('No test file has "chta.test.ts" in its path.');
  const both = await run(['e2e', 'e2e/gateway', '--suites', 'gateway']);
  expect(both.code).toBe(2);
  expect(both.output).toContain('Test files cannot be combined with --suites.');
  const { code, output } = await run(['e2e', './e2e/gateway/chat.test.ts', '--collect-only']);
  expect(code).toBe(0);
  expect(output).toMatch(/^e2e\/gateway\/chat\.test\.ts\n[\s\S]*\d+ tests in 1 file$/m);
});

test('an unknown feature to require lists the features', async () => {
  const { code, output } = await run(['e2e', '--require', 'responses,mesages']);
  expect(code).toBe(2);
  expect(output).toMatch(/"mesages" is not one of: .*responses, .*messages, .*conventions/);
});

test('an unknown profile lists the profiles', async () => {
  const { code, output } = await run(['up', '--profiles', 'core,huge']);
  expect(code).toBe(2);
  expect(output).toContain('"huge" is not one of: core, bots, ha, litellm, ollama, open-webui');
});

test('a bad regular expression, seed or deadline is refused', async () => {
  expect((await run(['e2e', '--grep', '('])).code).toBe(2);
  expect((await run(['e2e', '--seed', '-1'])).output).toContain('whole number');
  expect((await run(['up', '--deadline', 'soon'])).output).toContain('number of seconds');
});

test.each(['0', '-2', 'many', '65', '1.5'])(
  'WORKERS=%s is refused before anything starts',
  async (workers) => {
    const { code, output } = await run(['up', '--driver', 'process'], { WORKERS: workers });
    expect(code).toBe(2);
    expect(output).toContain(`GNT_WORKERS_INVALID: WORKERS=${workers}`);
  },
);

test('a malformed compose file is a coded error', async () => {
  const path = join(newFolder(), 'compose.yaml');
  writeFileSync(path, 'services: {a: [');
  const { code, output } = await run(['up', '--driver', 'process'], { GAUNTLET_COMPOSE_FILE: path });
  expect(code).toBe(1);
  expect(output).toContain('GNT_COMPOSE_FILE');
});

test('a results folder that cannot be written is found before anything starts', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'file'), '');
  const { code, output } = await run(['e2e', '--driver', 'process', '--results', join(folder, 'file')]);
  expect(code).toBe(1);
  expect(output).toContain('GNT_RESULTS_NOT_WRITABLE');
});

test('compose without an engine says how to get one', async () => {
  const bin = newFolder();
  mkdirSync(join(bin, 'bin'));
  writeFileSync(
    join(bin, 'bin/docker'),
    '#!/bin/sh\necho "Cannot connect to the Docker daemon" >&2\nexit 1\n',
  );
  chmodSync(join(bin, 'bin/docker'), 0o755);
  const { code, output } = await run(['up', '--driver', 'compose'], {
    PATH: `${join(bin, 'bin')}:${process.env.PATH}`,
  });
  expect(code).toBe(1);
  expect(output).toContain('GNT_ENGINE_UNREACHABLE');
  expect(output).toContain('--driver process');
});

test('a stack that is not there cannot be used or removed', async () => {
  expect((await run(['down', 'abcdef'])).output).toContain('GNT_RUN_NOT_FOUND');
  expect((await run(['e2e', '--stack', 'abcdef'])).output).toContain('GNT_RUN_NOT_FOUND');
});
