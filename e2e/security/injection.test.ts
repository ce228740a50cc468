import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createParser } from 'eventsource-parser';
import { journalOf } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { ownKey } from '../../harness/suite/responses/caller.ts';
import { ask } from '../../harness/suite/security/ask.ts';
import { rawHead, sendRaw } from '../../harness/suite/security/raw.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(() => needs('chat'));

const authorization = () => `Authorization: Bearer ${ownKey()}`;
const chat = (content: string, more: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  ask('/v1/chat/completions', {
    ...{ method: 'POST', key: ownKey(), headers },
    body: { model, messages: [{ role: 'user', content }], ...more },
  });

test.each([
  ['a line break in a value', 'X-Request-Id: a\nX-Injected: 1'],
  ['a carriage return in a value', 'X-Request-Id: a\rX-Injected: 1'],
  ['NUL in a value', 'X-Request-Id: a\0b'],
  ['a folded line', 'X-Request-Id: a\r\n X-Injected: 1'],
  ['a blank before the colon', 'X-Request-Id : a'],
  ['a name with a blank', 'X Request Id: a'],
])('a request with %s is refused, or passed over without an echo', async (_what, line) => {
  const { status, head, answers } = await sendRaw(
    rawHead('GET', '/v1/models', [authorization(), line, 'Connection: close']),
  );
  expect(head).not.toMatch(/^x-injected/im);
  expect(answers).toBeLessThanOrEqual(1);
  expect([200, 400, undefined]).toContain(status);
});

test.each(['a%0d%0ax-injected:%201', 'a b', 'a"b', 'ä', '<script>alert(1)</script>', 'x'.repeat(200)])(
  'the request id %j is not taken over, into no header and no body',
  async (id) => {
    const { headers, text } = await ask('/v1/models', { key: ownKey(), headers: { 'x-request-id': id } });
    expect(headers['x-request-id']).not.toBe(id);
    expect(headers).not.toHaveProperty('x-injected');
    expect(text).not.toContain(id);
  },
);

test.each([
  ['two lengths', ['Content-Length: 2', 'Content-Length: 40']],
  ['a length and chunks', ['Content-Length: 4', 'Transfer-Encoding: chunked']],
  ['chunks in a disguise', ['Transfer-Encoding: xchunked', 'Content-Length: 4']],
  ['chunks that are not the last coding', ['Transfer-Encoding: chunked, identity']],
  ['a length with a sign', ['Content-Length: +4']],
])('a request with %s smuggles no second one', async (_what, lines) => {
  const head = rawHead('POST', '/v1/chat/completions', [
    authorization(),
    'Content-Type: application/json',
    ...lines,
  ]);
  const smuggled = rawHead('GET', '/health', []);
  const { answers, status } = await sendRaw(`${head}0\r\n\r\n${smuggled}`);
  expect(answers).toBeLessThanOrEqual(1);
  expect(status === undefined || status >= 400).toBe(true);
});

test('headers beyond a bound are refused, in number and in size', async () => {
  const long = await sendRaw(rawHead('GET', '/v1/models', [`X-Long: ${'x'.repeat(64 * 1024)}`]));
  expect([431, 400]).toContain(long.status);
  const many = Array.from({ length: 5_000 }, (_, at) => `X-${at}: 1`);
  expect([431, 400]).toContain((await sendRaw(rawHead('GET', '/v1/models', many))).status);
});

test('a body beyond a bound is refused before it is read to its end', async () => {
  const { status, json } = await chat('x'.repeat(11 * 1024 * 1024));
  expect([status, json.error.code]).toEqual([413, 'request_too_large']);
});

test('a body that names the prototype of objects changes nothing', async () => {
  const { status } = await ask('/v1/chat/completions', {
    ...{ method: 'POST', key: ownKey() },
    body: `{"model":${JSON.stringify(model)},"messages":[{"role":"user","content":"Hi"}],"__proto__":{"stream":true,"polluted":1},"constructor":{"prototype":{"polluted":1}}}`,
  });
  expect([200, 400, 422]).toContain(status);
  const { headers, text } = await chat('Hi');
  expect(headers['content-type']).toMatch(/^application\/json/);
  expect(text).not.toContain('polluted');
});

test('a body that is nested without end is refused or answered, and the worker lives', async () => {
  const depth = 50_000;
  const nested = `{"model":"x","messages":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const { status } = await ask('/v1/chat/completions', { method: 'POST', key: ownKey(), body: nested });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
});

test('what a model says breaks out of no event: every line of it stays data', async () => {
  await needsScriptedProvider('gateway');
  const said = 'one\n\nevent: error\ndata: {"injected":1}\n\nid: 7\r\rdata: [DONE]\r\n\r\n: two';
  const { mark } = newOperation({ say: said });
  const { text } = await chat(`Hi ${mark}`, { stream: true });
  const events: { event: string | undefined; data: string; id: string | undefined }[] = [];
  createParser({ onEvent: ({ event, data, id }) => events.push({ event, data, id }) }).feed(text);
  expect(events.every(({ event, id }) => event === undefined && id === undefined)).toBe(true);
  expect(events.filter(({ data }) => data === '[DONE]')).toHaveLength(1);
  const deltas = events.slice(0, -1).map(({ data }) => JSON.parse(data).choices[0]?.delta?.content ?? '');
  expect(deltas.join('')).toBe(said);
});

test('a name of a model or a tool breaks out of no event and no header', async () => {
  const bad = `${model}\r\nX-Injected: 1\r\n\r\ndata: {"injected":1}`;
  const { status, headers, json } = await chat('Hi', { model: bad, stream: true });
  expect([400, 404, 422]).toContain(status);
  expect(headers).not.toHaveProperty('x-injected');
  expect(json.error).toBeDefined();
});

test('no header of the client reaches the model API, credentials least of all', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation();
  const canary = `sk-${randomUUID()}`;
  const answer = await chat(
    `Hi ${mark}`,
    {},
    {
      ...{ cookie: `session=${canary}`, 'x-goog-api-key': canary, 'proxy-authorization': `Bearer ${canary}` },
      ...{ 'x-forwarded-for': '203.0.113.7', connection: 'x-secret', 'x-secret': canary },
    },
  );
  expect(answer.status).toBe(200);
  const entries = await journalOf(id);
  expect(entries.length).toBeGreaterThan(0);
  expect(JSON.stringify(entries)).not.toContain(canary);
  expect(JSON.stringify(answer.headers)).not.toContain(canary);
});

test('a query cannot carry a key past the check, nor change whose request it is', async () => {
  await needs('api-keys');
  const { status } = await ask(`/admin/keys?key=${randomUUID()}&auth_token=x`, {});
  expect(status).toBe(401);
});

test('an id leads to no other route of the service behind: dots and slashes stay in it', async () => {
  await needs('memories');
  const user = randomUUID();
  for (const id of [
    '..%2flist',
    '%2e%2e%2flist',
    '..%252flist',
    '.%2e/list',
    '..%5clist',
    'x%3fuser_id=y',
    'x%23',
  ]) {
    const { status, text } = await ask(`/api/memories/${id}?user_id=${user}`, {
      method: 'DELETE',
      key: ownKey(),
    });
    expect([id, status]).toEqual([id, expect.any(Number)]);
    expect([400, 401, 404, 405, 422]).toContain(status);
    expect(text).not.toContain('"memories"');
  }
});
