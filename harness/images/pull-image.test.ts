import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pullImage } from './pull-image.ts';

const path = process.env.PATH;
let folder: string;

/** An engine whose every pull ends with this line. */
const failWith = (line: string) =>
  writeFileSync(
    join(folder, 'docker'),
    `#!/bin/sh\necho "$*" >> '${folder}/calls'\necho '${line}' >&2\nexit 1\n`,
  );
const asked = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
const pull = (reference: string) => pullImage(reference, { onLine: () => undefined });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docker-'));
  failWith('');
  chmodSync(join(folder, 'docker'), 0o755);
  process.env.PATH = [folder, path].join(delimiter);
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

test('a registry that cannot be reached is not asked a second time', async () => {
  failWith('dial tcp 10.0.0.1:5000: connect: connection refused');
  const reason = await pull('dead.test:5000/postgres:17.6');
  expect(reason).toMatch(/connection refused/);
  expect(await pull('dead.test:5000/ollama/ollama:0.24.0')).toBe(reason);
  expect(asked()).toEqual(['pull dead.test:5000/postgres:17.6']);
});

test('one that wants a login, or lacks the tag, is', async () => {
  failWith('Head "http://login.test:5000/v2/postgres/manifests/17.6": no basic auth credentials');
  expect(await pull('login.test:5000/postgres:17.6')).toMatch(/credentials/);
  failWith('manifest for login.test:5000/postgres:17.6 not found: manifest unknown');
  expect(await pull('login.test:5000/postgres:17.6')).toMatch(/manifest unknown/);
  expect(asked()).toHaveLength(2);
});

test('where the authority of a registry is unknown, the reason tells where the engine looks for it', async () => {
  failWith('tls: failed to verify certificate: x509: certificate signed by unknown authority');
  const reason = await pull('private.test:5000/postgres:17.6');
  expect(reason).toMatch(/unknown authority; .*\/etc\/docker\/certs\.d\/private\.test:5000\/ca\.crt$/);
  await pull('private.test:5000/postgres:17.6');
  expect(asked()).toHaveLength(2);
});
