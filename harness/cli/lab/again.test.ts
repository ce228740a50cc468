import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../../stack/process/launch.ts';
import { againCommand, type Given } from './again.ts';

const given: Given = {
  options: {},
  cwd: '/home/me/my service',
  packageRoot: '/opt/gauntlet',
  composeText: 'services:\n  open-webui:\n    environment: {A: $LITELLM_CONFIG, B: $OPENAI_API_KEY}\n',
  environment: {},
  driver: 'process',
  defaultTimeout: 10,
};

test('everything that was given is there again, with the plan and the workload told in full', () => {
  const options = {
    workload: 'mine.ts',
    subject: "node server.js --name 'x'",
    profiles: ['core', 'litellm'],
    workers: 3,
    timeout: 20,
    wire: ['client>gateway'],
    salt: 'a b',
  };
  expect(againCommand('results/ab/plans/1-0.json', { ...given, options }, ['--fresh'])).toBe(
    "cd '/home/me/my service' && npm --prefix /opt/gauntlet exec -- gauntlet replay" +
      " '/home/me/my service/results/ab/plans/1-0.json' --workload '/home/me/my service/mine.ts'" +
      ` --subject 'node server.js --name '\\''x'\\''' --driver process --profiles core,litellm --workers 3` +
      " --wire 'client>gateway' --timeout 20 --salt 'a b' --fresh",
  );
});

test('in the folder of the package npx will do, and what is as always is left out', () => {
  const options = { workload: 'memory', timeout: 10 };
  expect(againCommand('/r/1.json', { ...given, cwd: '/opt/gauntlet', options })).toBe(
    'cd /opt/gauntlet && npx gauntlet replay /r/1.json --driver process',
  );
});

test('a kept stack needs no driver', () => {
  expect(againCommand('/r/1.json', { ...given, options: { stack: 'abc123' } })).toMatch(
    /replay \/r\/1\.json --stack abc123$/,
  );
});

test('variables that the stack uses come along, secrets and the rest do not', () => {
  const environment = {
    LITELLM_CONFIG: 'bugs/a.yaml',
    OPEN_WEBUI_VERSION: '0.12.3',
    OTHER_VERSION: '1',
    OPENAI_API_KEY: 'sk-very-secret',
    HOME: '/home/me',
  };
  const command = againCommand('/r/1.json', { ...given, environment });
  expect(command).toContain('&& LITELLM_CONFIG=bugs/a.yaml OPEN_WEBUI_VERSION=0.12.3 npm --prefix');
  expect(command).not.toMatch(/sk-very-secret|OTHER_VERSION|HOME=/);
});

test('pasted in another folder, it finds the command, the plan and the workload', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'gauntlet again '));
  const plan = { version: 1, workload: 'mine', seed: 0, clients: 0, phases: [] };
  writeFileSync(join(cwd, 'plan.json'), JSON.stringify(plan));
  writeFileSync(join(cwd, 'mine.mjs'), 'export default { name: "mine", prepare() {} };');
  const environment = { GAUNTLET_STATE_DIR: join(cwd, 'state') };
  const options = { workload: 'mine.mjs', stack: 'abcdef' };
  const command = againCommand('plan.json', { ...given, cwd, packageRoot, options, environment });
  const { stderr } = spawnSync('sh', ['-c', command], { cwd: tmpdir(), encoding: 'utf8' });
  // Only when all is read does the command look for the stack.
  expect(stderr).toContain('GNT_RUN_NOT_FOUND: There is no kept stack "abcdef"');
}, 60_000);
