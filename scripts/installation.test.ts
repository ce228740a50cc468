import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const script = join(process.cwd(), 'scripts/install-if-needed.mjs');
const lock = (version: string) =>
  JSON.stringify({
    packages: { '': {}, 'node_modules/a': { version }, 'node_modules/o': { optional: true } },
  });

/** Stands for `npm ci`: removes node_modules, takes its time, and notes at the end what it has installed. */
const fakeNpm = `#!/usr/bin/env node
const { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
appendFileSync('npm.log', 'begin ' + process.pid + '\\n');
rmSync('node_modules', { recursive: true, force: true });
mkdirSync('node_modules/a', { recursive: true });
setTimeout(() => {
  mkdirSync('node_modules/.bin');
  writeFileSync('node_modules/.bin/node', '#!/bin/sh\\necho v24.0.0\\n');
  chmodSync('node_modules/.bin/node', 0o755);
  writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': lock.packages['node_modules/a'] } }));
  appendFileSync('npm.log', 'end\\n');
}, Number(process.env.NPM_TAKES_MS ?? 0));
`;

let folder: string;
const running: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'install-'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/npm'), fakeNpm);
  chmodSync(join(folder, 'bin/npm'), 0o755);
  writeFileSync(join(folder, 'package-lock.json'), lock('1.0.0'));
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function start(npmTakesMs = 0): ChildProcess {
  const PATH = [join(folder, 'bin'), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH, NPM_TAKES_MS: String(npmTakesMs) };
  const child = spawn(process.execPath, [script], { cwd: folder, env, stdio: 'ignore' });
  running.push(child);
  return child;
}

async function run(npmTakesMs = 0): Promise<number | null> {
  const [code] = (await once(start(npmTakesMs), 'exit')) as [number | null];
  return code;
}

/** Kills an install in its middle, but not its npm, whose pid it returns. */
async function killedInstall(npmTakesMs: number): Promise<number> {
  const killed = start(npmTakesMs);
  while (rawLog() === '') await new Promise((resolve) => setTimeout(resolve, 20));
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  return Number(/\d+/.exec(rawLog())?.[0]);
}

const rawLog = () =>
  existsSync(join(folder, 'npm.log')) ? readFileSync(join(folder, 'npm.log'), 'utf8') : '';
const log = () => rawLog().replace(/ \d+/g, '').trim().split('\n');
const change = (path: string, text: string) => writeFileSync(join(folder, path), text);

test('installs where nothing is, and then no more', async () => {
  expect(await run()).toBe(0);
  expect(await run()).toBe(0);
  expect(log()).toEqual(['begin', 'end']);
});

test('installs again when the lock file has changed, however old it is', async () => {
  await run();
  change('package-lock.json', lock('2.0.0'));
  expect(await run()).toBe(0);
  expect(log()).toHaveLength(4);
});

test('installs again when a patch has changed, which the lock file does not know', async () => {
  mkdirSync(join(folder, 'patches'));
  change('patches/a+1.0.0.patch', '-one\n+two\n');
  await run();
  change('patches/a+1.0.0.patch', '-one\n+three\n');
  await run();
  await run();
  expect(log()).toEqual(['begin', 'end', 'begin', 'end']);
});

test('an install that was killed is not taken for a whole one', async () => {
  await run();
  rmSync(join(folder, 'node_modules/.bin/node'));
  expect(await run()).toBe(0);
  expect(log()).toHaveLength(4);
});

test('what somebody else has installed is believed when each package is there', async () => {
  await run();
  rmSync(join(folder, 'node_modules/.gauntlet-installed'));
  expect(await run()).toBe(0);
  expect(log()).toHaveLength(2);
  rmSync(join(folder, 'node_modules/.gauntlet-installed'));
  rmSync(join(folder, 'node_modules/a'), { recursive: true });
  expect(await run()).toBe(0);
  expect(log()).toHaveLength(4);
});

test('two beside each other install once: the second waits for the first', async () => {
  const codes = await Promise.all([run(700), run(700)]);
  expect(codes).toEqual([0, 0]);
  expect(log()).toEqual(['begin', 'end']);
});

test('one that is killed, its npm as well, holds nobody up', async () => {
  const npm = await killedInstall(60_000);
  process.kill(npm, 'SIGKILL');
  expect(await run()).toBe(0);
  expect(log()).toEqual(['begin', 'begin', 'end']);
});

test('the npm that a killed one leaves behind is waited for', async () => {
  await killedInstall(1_000);
  expect(await run()).toBe(0);
  expect(log()).toEqual(['begin', 'end']);
});

test('an install that leaves no Node that runs is a failure', async () => {
  change('bin/npm', '#!/bin/sh\nmkdir -p node_modules\n');
  expect(await run()).toBe(1);
});
