import { beforeEach, expect, test } from '@jest/globals';
import { answerIn, complete, says, streamed } from '../../harness/suite/chat.ts';
import { chunksOf, doneCount, textOf } from '../../harness/suite/event-stream.ts';
import { heldStream } from '../../harness/suite/held-stream.ts';
import { journalOf, waitForJournal } from '../../harness/suite/journal.ts';
import { type Directives, newOperation } from '../../harness/suite/operation.ts';
import { attemptsOf, keyDigests, models, needsModel } from './upstream-models.ts';

beforeEach(() => needsModel(models.twoKeys));

async function ask(
  directives: Directives,
  more: object = {},
  headers: Readonly<Record<string, string>> = {},
) {
  const { id, mark } = newOperation(directives);
  const body = { model: models.twoKeys, messages: says(`Hi ${mark}`), ...more };
  const answer = await complete('gateway', body, { headers });
  return { ...answer, attempts: await attemptsOf(id), id };
}

const statusesOf = (attempts: Awaited<ReturnType<typeof attemptsOf>>) => attempts.map(({ status }) => status);

test.each([
  ['is rate limited', 429],
  ['is not accepted', 401],
  ['has nothing left to spend', 402],
  ['is forbidden', 403],
  ['does not know the model', 404],
  ['meets a server error', 500],
  ['meets an overload', 503],
])('when a key %s the other one answers, once', async (_, status) => {
  const { status: seen, data, attempts } = await ask({ status, times: 1, say: 'Well' });
  expect(seen).toBe(200);
  expect(answerIn(data)).toBe('Well');
  expect(statusesOf(attempts)).toEqual([status, 200]);
  expect(new Set(attempts.map(({ keySha256 }) => keySha256))).toEqual(new Set(keyDigests));
});

test('a stream that is refused comes from the other key, whole and once', async () => {
  const { id, mark } = newOperation({ status: 503, times: 1, tokens: 20 });
  const stream = await streamed('gateway', { model: models.twoKeys, messages: says(`Hi ${mark}`) });
  expect(stream.status).toBe(200);
  expect(textOf(stream).trim().split(' ')).toHaveLength(20);
  expect(doneCount(stream)).toBe(1);
  expect(statusesOf(await attemptsOf(id))).toEqual([503, 200]);
});

test('a connection that breaks before the first byte of a stream is replaced, and nobody sees it', async () => {
  const { id, mark } = newOperation({ cut: 0, times: 1, tokens: 20 });
  const stream = await streamed('gateway', { model: models.twoKeys, messages: says(`Hi ${mark}`) });
  await waitForJournal(id, 'fault');
  expect(textOf(stream).trim().split(' ')).toHaveLength(20);
  expect(doneCount(stream)).toBe(1);
  expect(chunksOf(stream).filter(({ error }) => error)).toEqual([]);
  const [first, second, ...more] = await attemptsOf(id);
  expect(second?.keySha256).not.toBe(first?.keySha256);
  expect(more).toEqual([]);
});

test('a stream that breaks after its first byte is never asked for again', async () => {
  const { id, stream } = await heldStream(models.twoKeys, { tokens: 20, hold: 8, cut: 8, times: 1 }, 'w7');
  await waitForJournal(id, 'fault');
  expect(doneCount(stream)).toBe(0);
  expect(chunksOf(stream).at(-1)?.error).toBeDefined();
  expect(textOf(stream).trim()).toBe('w1 w2 w3 w4 w5 w6 w7');
  expect(await attemptsOf(id)).toHaveLength(1);
});

test.each([400, 409, 413, 422])('what the client did wrong (%i) is asked for once', async (status) => {
  const { status: seen, attempts } = await ask({ status });
  expect(seen).toBe(status);
  expect(attempts).toHaveLength(1);
});

test('when every key fails the client gets the last refusal, and no key was asked twice', async () => {
  const { status, data, attempts } = await ask({ status: 503 });
  expect(status).toBe(503);
  expect(data.error?.message).toMatch(/./);
  expect(statusesOf(attempts)).toEqual([503, 503]);
  expect(new Set(attempts.map(({ keySha256 }) => keySha256)).size).toBe(2);
});

test('when every key is rate limited the client learns how long to wait', async () => {
  const { status, headers } = await ask({ status: 429, retry_after: 7 });
  expect(status).toBe(429);
  expect(headers['retry-after']).toBe('7');
});

test('when a stream is refused everywhere the client still gets status and Retry-After', async () => {
  const { mark } = newOperation({ status: 429, retry_after: 7 });
  const stream = await streamed('gateway', { model: models.twoKeys, messages: says(`Hi ${mark}`) });
  expect(stream.status).toBe(429);
  expect(stream.headers.get('retry-after')).toBe('7');
});

test('keys that nothing is wrong with take turns', async () => {
  const used = new Set<string | null | undefined>();
  // Each of the workers takes turns by itself.
  for (let n = 0; n < 8; n += 1) used.add((await ask({})).attempts[0]?.keySha256);
  expect(used).toEqual(new Set(keyDigests));
});

test('a provider that nobody listens for is replaced by the one that stands in', async () => {
  await needsModel(models.standby);
  const { id, mark } = newOperation({ say: 'Here' });
  const { status, data } = await complete('gateway', { model: models.standby, messages: says(`Hi ${mark}`) });
  expect(status).toBe(200);
  expect(answerIn(data)).toBe('Here');
  expect(statusesOf(await attemptsOf(id))).toEqual([200]);
});

test('a client chooses neither the upstream nor its key', async () => {
  const elsewhere = 'http://127.0.0.1:9/v1';
  const { status, attempts, id } = await ask(
    { say: 'Here' },
    { base_url: elsewhere, api_base: elsewhere, api_key: 'sk-client', seed: 7 },
    { authorization: 'Bearer sk-client', 'x-upstream-url': elsewhere, 'x-base-url': elsewhere },
  );
  expect(status).toBe(200);
  expect(attempts).toHaveLength(1);
  expect(keyDigests).toContain(attempts[0]?.keySha256);
  const [{ parameters } = { parameters: {} }] = await journalOf(id);
  expect(parameters).toEqual({ seed: 7 });
});

test('no refusal shows a key or an address', async () => {
  const { data } = await ask({ status: 401 });
  expect(data.error?.message).toMatch(/./);
  expect(JSON.stringify(data)).not.toMatch(/scripted-key|9100|127\.0\.0\.1/);
});
