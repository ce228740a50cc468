import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { TestEdge } from '../test-edge.ts';
import { findSecrets, withoutSecrets } from './find-secrets.ts';

const secret = 'zq-3f9a7c1e5b2d8f60+/é"';
let edge: TestEdge;
let answered: { body: string | Buffer; headers: Record<string, string> };

beforeEach(async () => {
  answered = { body: '{"ok":true}', headers: { 'content-type': 'application/json' } };
  edge = await TestEdge.before((request, response) => {
    request.resume().on('end', () => response.writeHead(200, answered.headers).end(answered.body));
  });
});
afterEach(() => edge.close());

test.each([
  ['as it is', secret],
  ['as JSON', JSON.stringify({ said: secret })],
  ['as JSON in JSON', JSON.stringify(JSON.stringify({ said: secret }))],
  ['in a URL', `?x=${encodeURIComponent(secret)}`],
  ['in hex', Buffer.from(secret).toString('hex')],
  ['in base64', Buffer.from(`user:${secret}`).toString('base64')],
  ['in base64 for URLs', Buffer.from(`x${secret}y`).toString('base64url')],
])('a credential %s is found, and nothing of it is shown', (_, text) => {
  expect(findSecrets([text], [secret])).toEqual([{ kind: 'a credential of this run' }]);
  expect(findSecrets([withoutSecrets(text, [secret])], [secret])).toEqual([]);
});

test.each([
  `sk-ant-api03-${'a1'.repeat(20)}`,
  `sk-proj-${'a1'.repeat(20)}`,
  `AIza${'b2'.repeat(17)}c`,
  `gsk_${'c3'.repeat(26)}`,
  '-----BEGIN PRIVATE KEY-----',
])('a credential of a well-known kind is found without being known: %s', (text) => {
  expect(findSecrets([`said ${text}.`], [])).toHaveLength(1);
});

test('words that only look a little like credentials are none', () => {
  const text =
    'sk-gauntlet task-list-of-many-words-that-are-long-enough gsk_short eyJ.eyJ call_0123456789abcdef0123';
  expect(findSecrets([text], [])).toEqual([]);
});

test.each([
  ['a header', '/v1/chat', { prompt: 'Hi' }, { authorization: `Bearer ${encodeURIComponent(secret)}` }],
  ['a key field', '/v1/chat', { prompt: 'Hi' }, { 'x-api-key': 'zq-3f9a7c1e5b2d8f60' }],
  ['a cookie', '/v1/chat', { prompt: 'Hi' }, { cookie: 'session=zq-3f9a7c1e5b2d8f60; a=b' }],
  ['the query', '/v1/chat?alt=sse&key=zq-3f9a7c1e5b2d8f60', { prompt: 'Hi' }, {}],
])(
  'a credential in %s is in no file, and another one finds the recording',
  async (_, path, body, headers) => {
    answered.headers['set-cookie'] = 'session=zq-3f9a7c1e5b2d8f60';
    const recording = await edge.start('record');
    await recording.post(path, body, headers);
    expect(recording.report()).toMatchObject({ failures: [], written: [expect.any(String)] });
    expect(edge.text()).not.toMatch(/zq|cookie|authorization/);
    const replaying = await edge.start('replay');
    const answer = await replaying.post(path.replace('zq-3f9a7c1e5b2d8f60', 'another-key-1234'), body);
    expect(answer.status).toBe(200);
  },
);

test.each([
  ['the request', { prompt: `my key is zq-3f9a7c1e5b2d8f60` }, '{"ok":true}'],
  ['the answer', { prompt: 'Hi' }, '{"said":"zq-3f9a7c1e5b2d8f60"}'],
  ['pieces of a stream', { prompt: 'Hi' }, 'data: {"delta":"zq-3f9a7c1e"}\n\ndata: {"delta":"5b2d8f60"}\n\n'],
])('a credential in %s fails the recording, and nothing is written', async (_, body, answer) => {
  answered.body = answer;
  const recording = await edge.start('record');
  const got = await recording.post('/v1/chat', body, { 'x-api-key': 'zq-3f9a7c1e5b2d8f60' });
  expect(await got.text()).toBe(answer);
  const { failures, written } = recording.report();
  expect(failures).toMatchObject([{ code: 'RECORDING_SECRET' }]);
  expect(JSON.stringify(failures)).not.toContain('zq-3f9a');
  expect([written, edge.files]).toEqual([[], []]);
});

test('a credential that came in the query is looked for in the answer', async () => {
  answered.body = '{"said":"zq-3f9a7c1e5b2d8f60"}';
  const recording = await edge.start('record');
  await recording.text('/v1/chat?key=zq-3f9a7c1e5b2d8f60', {});
  expect(recording.report().failures).toMatchObject([{ code: 'RECORDING_SECRET' }]);
});

test('a credential of the environment is known, with a line break around it too', async () => {
  answered.body = '{"said":"zq-3f9a7c1e5b2d8f60"}';
  const recording = await edge.start('record', { MY_API_KEY: 'zq-3f9a7c1e5b2d8f60\n' });
  await recording.text('/v1/chat', {});
  expect(recording.report().failures).toMatchObject([{ code: 'RECORDING_SECRET' }]);
});

test('a packed answer is unpacked for the search', async () => {
  answered = {
    body: gzipSync('{"said":"zq-3f9a7c1e5b2d8f60"}'),
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  };
  const recording = await edge.start('record', { MY_API_KEY: 'zq-3f9a7c1e5b2d8f60' });
  await recording.text('/v1/chat', {});
  expect(recording.report().failures).toMatchObject([{ code: 'RECORDING_SECRET' }]);
});

test('the diff of a miss holds no credential', async () => {
  const recording = await edge.start('record');
  await recording.text('/v1/chat', { prompt: 'Hi' });
  const replaying = await edge.start('replay');
  const answer = await replaying.post(
    '/v1/chat',
    { prompt: 'zq-3f9a7c1e5b2d8f60' },
    { 'x-api-key': 'zq-3f9a7c1e5b2d8f60' },
  );
  expect(answer.status).toBe(599);
  expect(await answer.text()).not.toContain('zq-3f9a7c1e5b2d8f60');
  expect(JSON.stringify(replaying.report())).not.toContain('zq-3f9a7c1e5b2d8f60');
});
