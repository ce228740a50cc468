import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  countingProvider,
  recordingsCommand,
  recordingsFolder,
  startRecorder,
} from '../../harness/suite/recorder.ts';

/** Records one answer for each scope. */
async function record(folder: string, scopes: readonly string[], said = 'yes'): Promise<void> {
  const provider = await countingProvider((_count, _request, response) =>
    response.end(JSON.stringify({ said })),
  );
  const recorder = await startRecorder('record', folder, provider.url);
  for (const scope of scopes) {
    const url = `${recorder.url}/t/${encodeURIComponent(scope)}/v1/chat/completions`;
    await (await fetch(url, { method: 'POST', body: '{"model":"m"}' })).text();
  }
  await recorder.stop();
  await provider.stop();
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

test('the recordings of the repository are sound and hold no credential', async () => {
  const { exitCode, stdout, stderr } = await recordingsCommand(['verify']);
  expect([exitCode, stdout]).toEqual([0, '']);
  expect(stderr).toMatch(/^[1-9]\d* recordings in e2e\/recordings, 0 problems/m);
});

// covers 002/view-recordings
test('recordings are listed and shown by scope, and by the beginning of their key', async () => {
  using folder = recordingsFolder();
  await record(folder.path, ['suite/file/one', 'suite/file/two']);
  const listed = await recordingsCommand(['list', '--json', '--recordings', folder.path]);
  const list = JSON.parse(listed.stdout) as { key: string; scope: string; model: string }[];
  expect(list).toMatchObject([
    { scope: 'suite/file/one', model: 'm', method: 'POST', answers: ['200 complete'] },
    { scope: 'suite/file/two' },
  ]);
  const key = list[0]?.key.slice(0, 10) ?? '';
  const shown = await recordingsCommand(['show', key, '--recordings', folder.path]);
  expect(shown.stdout).toContain('suite/file/one');
  expect(shown.stdout).toContain('{"said":"yes"}');
  const unknown = await recordingsCommand(['show', 'nothing', '--recordings', folder.path]);
  expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('nothing')]);
});

test('what no test of the last replay used is listed, and removed only when that is asked for', async () => {
  using folder = recordingsFolder();
  await record(folder.path, ['kept/file/one', 'gone/file/two', 'other/file/three']);
  const used = filesIn(folder.path).filter((file) => file.startsWith('kept'));
  const results = join(folder.path, 'results');
  mkdirSync(join(results, 'latest'), { recursive: true });
  const ran = (suites: unknown) =>
    writeFileSync(
      join(results, 'latest', 'recordings.json'),
      JSON.stringify({ mode: 'replay', used, ran: suites }),
    );
  const prune = (...more: string[]) =>
    recordingsCommand(['prune', '--recordings', folder.path, '--results', results, '--json', ...more]);
  ran('some');
  expect((await prune()).exitCode).toBe(2);
  ran(['kept', 'gone']);
  const dry = await prune();
  expect(JSON.parse(dry.stdout)).toMatchObject({ deleted: false, files: [expect.stringMatching(/^gone\//)] });
  expect(existsSync(join(folder.path, 'gone'))).toBe(true);
  await prune('--delete');
  expect(existsSync(join(folder.path, 'gone'))).toBe(false);
  expect(filesIn(folder.path).filter((file) => /^(kept|other)/.test(file))).toHaveLength(2);
});

test('a recording with a credential is red, in any of its forms, and the credential is not printed', async () => {
  using folder = recordingsFolder();
  const secret = 'zq-3f9a7c1e5b2d8f60';
  const planted = [secret, Buffer.from(secret).toString('base64'), `sk-ant-api03-${'a1'.repeat(20)}`];
  await record(folder.path, ['suite/file/0', 'suite/file/1', 'suite/file/2', 'suite/file/clean']);
  for (const [at, text] of planted.entries()) {
    const path = join(folder.path, filesIn(folder.path).find((file) => file.includes(`/${at}/`)) ?? '');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"yes"', JSON.stringify(text)));
  }
  const args = ['verify', '--accept', '--recordings', folder.path];
  const found = await recordingsCommand(args, { MY_API_KEY: secret });
  expect(found.exitCode).toBe(1);
  const lines = found.stdout.split('\n');
  expect(lines).toHaveLength(3);
  for (const [at, line] of lines.entries())
    expect(line).toMatch(new RegExp(`^RECORDING_SECRET: .*/suite/file/${at}/`));
  for (const text of planted) expect(found.stdout + found.stderr).not.toContain(text);
});

test('a change by hand is red until it is taken over', async () => {
  using folder = recordingsFolder();
  await record(folder.path, ['suite/file/one']);
  const [file = ''] = filesIn(folder.path);
  const path = join(folder.path, file);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"yes"', '"no"'));
  const red = await recordingsCommand(['verify', '--recordings', folder.path]);
  expect([red.exitCode, red.stdout]).toEqual([1, expect.stringMatching(/^RECORDING_EDITED: .*suite\/file/)]);
  const taken = await recordingsCommand(['verify', '--accept', '--recordings', folder.path]);
  expect(taken.exitCode).toBe(0);
  const replaying = await startRecorder('replay', folder.path);
  const url = `${replaying.url}/t/suite%2Ffile%2Fone/v1/chat/completions`;
  const answer = await fetch(url, { method: 'POST', body: '{"model":"m"}' });
  expect(await answer.json()).toEqual({ said: 'no' });
  await replaying.stop();
});
