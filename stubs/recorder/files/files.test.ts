import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { TestEdge } from '../test-edge.ts';

let edge: TestEdge;
let answered: { body: string | Buffer; headers: Record<string, string> };

beforeEach(async () => {
  answered = { body: '{"ok":true}', headers: { 'content-type': 'application/json' } };
  edge = await TestEdge.before((request, response) => {
    const { body, headers } = answered;
    const length = { 'content-length': Buffer.byteLength(body) };
    request.resume().on('end', () => response.writeHead(200, { ...headers, ...length }).end(body));
  });
  await (await edge.start('record')).text('/v1/chat?b=1', { model: 'm', prompt: 'Hi' });
});
afterEach(() => edge.close());

const change = (from: string | RegExp, to: string) =>
  writeFileSync(join(edge.folder, edge.files[0] ?? ''), edge.text().replace(from, to));

test('a file says who asked what and what was answered, one line for each piece', () => {
  expect(edge.files).toEqual([expect.stringMatching(/^common\/post-stub-v1-chat-[0-9a-f]{12}\.json$/)]);
  expect(edge.text()).toMatch(/^\{\n {2}"format": 1,\n {2}"key": "[0-9a-f]{64}",\n {2}"scope": "common",\n/);
  expect(edge.text()).toContain('\n      "body": [\n        {"json":{"ok":true}}\n      ],\n');
  expect(edge.recording()).toMatchObject({
    request: {
      method: 'POST',
      upstream: 'stub',
      path: '/v1/chat?b=1',
      headers: { 'content-type': 'application/json' },
      body: { model: 'm', prompt: 'Hi' },
    },
    answers: [
      { status: 200, headers: { 'content-type': 'application/json' }, length: true, ended: 'complete' },
    ],
  });
});

test.each([
  ['torn', /"digest[\s\S]*/, '', 'RECORDING_TORN'],
  ['of another version', '"format": 1', '"format": 2', 'RECORDING_VERSION'],
  ['no recording', '"answers"', '"replies"', 'RECORDING_INVALID'],
  ['changed in its answer', '{"ok":true}', '{"ok":false}', 'RECORDING_EDITED'],
  ['changed in its request', '"prompt": "Hi"', '"prompt": "Ho"', 'RECORDING_EDITED'],
  ['short of times', /"atMs": \[.*\]/, '"atMs": []', 'RECORDING_INVALID'],
])('a file that is %s is refused by name', async (_, from, to, code) => {
  change(from, to);
  await expect(edge.start('replay')).rejects.toMatchObject({
    code,
    message: expect.stringContaining(join(edge.folder, edge.files[0] ?? '')),
  });
});

test('what is recorded again may have been torn', async () => {
  change(/"digest[\s\S]*/, '');
  await (await edge.start('record')).text('/v1/chat?b=1', { model: 'm', prompt: 'Hi' });
  expect((await (await edge.start('replay')).post('/v1/chat?b=1', { prompt: 'Hi', model: 'm' })).status).toBe(
    200,
  );
});

test('two files for the same request are refused, since nothing tells their order', async () => {
  const [file = ''] = edge.files;
  mkdirSync(join(edge.folder, 'other'));
  copyFileSync(join(edge.folder, file), join(edge.folder, 'other', 'copy.json'));
  await expect(edge.start('replay')).rejects.toMatchObject({
    code: 'RECORDING_DOUBLE',
    message: expect.stringMatching(/common\/post.*other\/copy|other\/copy.*common\/post/),
  });
});

test('the query is part of what is asked, the order of fields is not', async () => {
  const replaying = await edge.start('replay');
  expect((await replaying.post('/v1/chat?b=2', { model: 'm', prompt: 'Hi' })).status).toBe(599);
  expect((await replaying.post('/v1/chat?b=1', '{"prompt": "Hi", "model": "m"}')).status).toBe(200);
});

test.each([
  ['a page of HTML', 'RECORDING_HTML', '<html>', { 'content-type': 'text/html' }],
  [
    'packed and does not say so',
    'RECORDING_UNDECLARED_GZIP',
    gzipSync('{}'),
    { 'content-type': 'application/json' },
  ],
  ['longer than is kept', 'RECORDING_TOO_LARGE', 'x'.repeat(101), { 'content-type': 'text/plain' }],
])('an answer that is %s is passed on and not recorded', async (_, code, body, headers) => {
  answered = { body, headers };
  const recording = await edge.start('record', { RECORDER_MAX_ANSWER_BYTES: '100' });
  const answer = await recording.post('/v1/other', {});
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from(body));
  expect(recording.report().failures).toMatchObject([{ code }]);
  expect(edge.files).toHaveLength(1);
});

test('an answer of 10 MB in one piece is recorded and replayed', async () => {
  answered.body = JSON.stringify({ text: 'é'.repeat(5_000_000) });
  await (await edge.start('record')).text('/v1/large', {});
  const replaying = await edge.start('replay');
  expect((await replaying.text('/v1/large', {})) === answered.body).toBe(true);
});

test('bytes that are no text come back as they were', async () => {
  answered = { body: Buffer.from([0, 255, 1, 254]), headers: { 'content-type': 'audio/mpeg' } };
  await (await edge.start('record')).text('/v1/speech', {});
  const answer = await (await edge.start('replay')).post('/v1/speech', {});
  expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([0, 255, 1, 254]);
});

test('several writers leave whole files and nothing else', async () => {
  const recorders = await Promise.all([edge.start('record'), edge.start('record')]);
  const all = Array.from({ length: 20 }, (_, n) => recorders[n % 2]?.text('/v1/chat', { n: n % 5 }));
  await Promise.all(all);
  expect(readdirSync(join(edge.folder, 'common')).filter((name) => !name.endsWith('.json'))).toEqual([]);
  expect((await edge.start('replay')).report().leftovers).toHaveLength(6);
});

test('a request without a usable address is refused with what there is', async () => {
  const replaying = await edge.start('replay');
  const codes = [];
  for (const path of ['/up/nobody/v1/chat', '/t/%0A/v1/chat', '/t/%zz/v1/chat'])
    codes.push(((await (await replaying.post(path, {})).json()) as { error: { code: string } }).error.code);
  expect(codes).toEqual(['RECORDER_UPSTREAM_UNKNOWN', 'RECORDER_SCOPE_INVALID', 'RECORDER_SCOPE_INVALID']);
});

test.each([
  ['RECORDER_MODE', 'playback', 'live, replay, record, record-if-missing'],
  ['RECORDER_SPEED', 'fast', 'recorded, full'],
  ['RECORDER_UPSTREAMS', '{"a":"ftp://b"}', '"a"'],
  ['RECORDER_UPSTREAMS', '[', 'JSON object'],
  ['RECORDER_UPSTREAM', 'b', 'stub'],
  ['RECORDER_FOLDER', '', 'needs a folder'],
  ['RECORDER_SECRETS', 'plain', 'JSON list'],
])('the setting %s=%s is refused with what is valid', async (name, value, valid) => {
  await expect(edge.start('replay', { [name]: value })).rejects.toMatchObject({
    code: 'RECORDER_SETTINGS',
    message: expect.stringMatching(new RegExp(`${name}.*${valid.replace(/[[{]/g, '\\$&')}`)),
  });
});

test('the process says in one line why it does not start', () => {
  change('"format": 1', '"format": 7');
  const env = { ...process.env, RECORDER_UPSTREAMS: '{}', RECORDER_FOLDER: edge.folder, NODE_OPTIONS: '' };
  const main = join(import.meta.dirname, '../main.ts');
  const { status, stderr } = spawnSync(process.execPath, [main], { env, encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^recorder: RECORDING_VERSION: .*post-stub-v1-chat.*format 7/m);
});
