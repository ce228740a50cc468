import { beforeEach, expect, test } from '@jest/globals';
import { complete, says, streamed } from '../../harness/suite/chat.ts';
import { waitForJournal } from '../../harness/suite/journal.ts';
import { type Directives, newOperation } from '../../harness/suite/operation.ts';
import { attemptsOf, models, needsModel } from './upstream-models.ts';

beforeEach(() => needsModel(models.twoKeys));

const bodyFor = (directives: Directives) => {
  const { id, mark } = newOperation(directives);
  return { id, body: { model: models.twoKeys, messages: says(`Hi ${mark}`) } };
};

test('a client that leaves before the status is hung up for, and no other key is tried', async () => {
  const { id, body } = bodyFor({ ttft: 60_000 });
  const leaving = new AbortController();
  const answer = complete('gateway', body, { signal: leaving.signal });
  answer.catch(() => undefined);
  await waitForJournal(id, 'arrived');
  leaving.abort();
  await expect(answer).rejects.toThrow(/cancel/i);
  expect((await waitForJournal(id, 'hungup')).framesSent).toBe(0);
  expect(await attemptsOf(id)).toHaveLength(1);
});

test('so is one that leaves after the headers, before the first byte of a stream', async () => {
  const { id, body } = bodyFor({ hold: 0, tokens: 20 });
  const leaving = new AbortController();
  const stream = streamed('gateway', body, { signal: leaving.signal });
  stream.catch(() => undefined);
  await waitForJournal(id, 'arrived');
  leaving.abort();
  await expect(stream).rejects.toThrow(/abort/i);
  expect((await waitForJournal(id, 'hungup')).framesSent).toBe(0);
  expect(await attemptsOf(id)).toHaveLength(1);
});

test('so is one that leaves at the second key, after the first has failed', async () => {
  // The first fails at its first byte; the second never comes to it.
  const { id, body } = bodyFor({ cut: 0, tokens: 2_000, tps: 20, times: 1 });
  const leaving = new AbortController();
  const stream = streamed('gateway', body, { signal: leaving.signal, onData: () => leaving.abort() });
  await expect(stream).rejects.toThrow(/abort/i);
  expect((await waitForJournal(id, 'hungup')).completedAt).toBeUndefined();
  expect(await attemptsOf(id)).toHaveLength(2);
});
