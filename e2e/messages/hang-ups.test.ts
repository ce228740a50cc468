import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { waitForJournal } from '../../harness/suite/journal.ts';
import { client, needsScriptedMessages, says } from '../../harness/suite/messages/caller.ts';
import { openMessage } from '../../harness/suite/messages/message-stream.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('messages');
  await needsScriptedMessages();
});

/** Long before a gateway gives a silent model up by itself. */
const withinMs = 8_000;
const endless = { tokens: 2_000, tps: 20 };
const silent = { ...endless, hold: 0 };

test('a client that leaves a stream ends the request at the model', async () => {
  const { id, mark } = newOperation(endless);
  const open = openMessage({ model, max_tokens: 5_000, messages: says(`Hi ${mark}`) });
  await open.until('w3');
  open.leave();
  expect((await waitForJournal(id, 'hungup', withinMs)).framesSent).toBeLessThan(500);
});

test('aborting a stream of the official client ends the request at the model', async () => {
  const { id, mark } = newOperation(endless);
  const stream = client().messages.stream({ model, max_tokens: 5_000, messages: says(`Hi ${mark}`) });
  for await (const event of stream) if (event.type === 'content_block_delta') break;
  stream.abort();
  await expect(stream.finalMessage()).rejects.toThrow(/abort/i);
  expect((await waitForJournal(id, 'hungup', withinMs)).framesSent).toBeLessThan(500);
});

test('a client that leaves before the first word ends the request at the model', async () => {
  const { id, mark } = newOperation(silent);
  const open = openMessage({ model, max_tokens: 5_000, messages: says(`Hi ${mark}`) });
  await waitForJournal(id, 'arrived');
  open.leave();
  expect((await waitForJournal(id, 'hungup', withinMs)).framesSent).toBe(0);
});

test('a client that does not wait for a whole message ends the request at the model', async () => {
  const { id, mark } = newOperation(silent);
  const leaving = new AbortController();
  const asking = client().messages.create(
    { model, max_tokens: 5_000, messages: says(`Hi ${mark}`) },
    { signal: leaving.signal },
  );
  const ended = asking.catch((error: unknown) => error);
  await waitForJournal(id, 'arrived');
  leaving.abort();
  expect(await ended).toMatchObject({ message: expect.stringMatching(/abort/i) });
  expect((await waitForJournal(id, 'hungup', withinMs)).framesSent).toBe(0);
});

test('a client that reads to the end is no hang-up', async () => {
  const { id, mark } = newOperation({ tokens: 20 });
  const seen = await openMessage({ model, max_tokens: 500, messages: says(`Hi ${mark}`) }).whole;
  expect(seen.end).toBe('message_stop');
  expect((await waitForJournal(id, 'completed')).hungUpAt).toBeUndefined();
});
