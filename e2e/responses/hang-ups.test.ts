import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { journalOf, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { ask, caller, ownKey, send } from '../../harness/suite/responses/caller.ts';
import { openResponse, responseIn } from '../../harness/suite/responses/response-stream.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { until } from '../../harness/suite/until.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('responses');
  await needsScriptedResponses();
});

test('a client that leaves a stream ends the request at the model', async () => {
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const open = openResponse({ model, input: `Hi ${mark}` });
  await open.untilText('w2');
  open.leave();
  expect((await waitForJournal(id, 'hungup')).framesSent).toBeLessThan(500);
});

test('a client that leaves before the first word ends the request at the model', async () => {
  const { id, mark } = newOperation({ tokens: 2_000, hold: 0 });
  const open = openResponse({ model, input: `Hi ${mark}` });
  open.whole.catch(() => undefined);
  await waitForJournal(id, 'arrived');
  open.leave();
  expect((await waitForJournal(id, 'hungup')).framesSent).toBe(0);
});

test('a client that does not wait for a whole answer ends the request at the model', async () => {
  const { id, mark } = newOperation({ tokens: 2_000, hold: 0 });
  const leaving = new AbortController();
  const asked = send('POST', '/responses', { model, input: `Hi ${mark}` }, leaving.signal, { key: ownKey() });
  asked.catch(() => undefined);
  await waitForJournal(id, 'arrived');
  leaving.abort();
  await expect(asked).rejects.toThrow(/abort/i);
  expect((await waitForJournal(id, 'hungup')).framesSent).toBe(0);
});

test('the official client ends the request at the model as well', async () => {
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const stream = await caller().responses.create({ model, input: `Hi ${mark}`, stream: true });
  for await (const event of stream) {
    if (event.type === 'response.output_text.delta') break;
  }
  expect((await waitForJournal(id, 'hungup')).framesSent).toBeLessThan(500);
});

test('a response whose client left is never completed, and does not stay in progress', async () => {
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const open = openResponse({ model, input: `Hi ${mark}` });
  await open.untilText('w2');
  open.leave();
  await waitForJournal(id, 'hungup');
  const path = `/responses/${responseIn(open.events).id}`;
  const status = await until('an end of the response', async () => {
    const { status, body } = await ask('GET', path);
    if (status === 404) return 'forgotten';
    return body.status !== 'in_progress' && String(body.status);
  });
  expect(['cancelled', 'incomplete', 'failed', 'forgotten']).toContain(status);
});

test('a client that reads to the end is no hang-up, and the model is asked once', async () => {
  const { id, mark } = newOperation({ tokens: 20 });
  await openResponse({ model, input: `Hi ${mark}` }).whole;
  const upstream = await waitForJournal(id, 'completed');
  expect(upstream.hungUpAt).toBeUndefined();
  expect(await journalOf(id)).toHaveLength(1);
});
