/** @long */
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { release, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { ask, caller } from '../../harness/suite/responses/caller.ts';
import {
  openResponse,
  responseIn,
  type SeenResponse,
  textIn,
} from '../../harness/suite/responses/response-stream.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('responses');
  await needsScriptedResponses();
});

const words = (count: number) => Array.from({ length: count }, (_, at) => `w${at + 1}`).join(' ');

/** A stream of 40 words that the model disturbs after the role and so many words, once the client has read these. */
async function brokenStream(kind: 'cut' | 'end' | 'error', after: number): Promise<SeenResponse> {
  const { id, mark } = newOperation({ tokens: 40, hold: after + 1, [kind]: after + 1 });
  const open = openResponse({ model, input: `Hi ${mark}` });
  await open.untilText(words(after));
  await release(id);
  const seen = await open.whole;
  await waitForJournal(id, 'fault');
  return seen;
}

/** It ended in an error, or in a response that has failed, in keeping with the grammar. */
function expectFailed(seen: SeenResponse): void {
  expect(seen.findings).toEqual([]);
  expect(['error', 'response.failed']).toContain(seen.events.at(-1)?.type);
  expect(seen.events.filter(({ type }) => type === 'response.completed')).toEqual([]);
}

test('a stream that the model breaks off fails, with all that came before', async () => {
  const seen = await brokenStream('cut', 12);
  expectFailed(seen);
  expect(textIn(seen.events).trim()).toBe(words(12));
});

test('a stream that the model ends early in an orderly way fails too', async () => {
  const seen = await brokenStream('end', 12);
  expectFailed(seen);
  expect(textIn(seen.events).trim()).toBe(words(12));
});

test('an error that the model reports on its way is a failure', async () => {
  expectFailed(await brokenStream('error', 12));
});

test('a stream that breaks off after its last word, before its finish, is not complete', async () => {
  expectFailed(await brokenStream('cut', 40));
});

test('a failed response is stored as failed, by whatever id its client saw', async () => {
  const seen = await brokenStream('cut', 5);
  const { body } = await ask('GET', `/responses/${responseIn(seen.events).id}`);
  expect(body).toMatchObject({ status: 'failed', error: { code: expect.any(String), message: /./ } });
});

test('a stream that breaks off before its first word is an error', async () => {
  const { id, mark } = newOperation({ tokens: 40, cut: 1 });
  const seen = await openResponse({ model, input: `Hi ${mark}` }).whole;
  await waitForJournal(id, 'fault');
  if (seen.status === 200) expectFailed(seen);
  else expect(JSON.parse(seen.body)).toMatchObject({ error: { message: expect.any(String) } });
});

test('a model that refuses before its first word keeps its status on a stream', async () => {
  const { mark } = newOperation({ status: 429, retry_after: 7 });
  const failure = await caller()
    .responses.create({ model, input: `Hi ${mark}`, stream: true })
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ status: 429 });
});

test('the streaming helper of the official client does not return half an answer', async () => {
  const { mark } = newOperation({ tokens: 40, cut: 12 });
  const outcome = await caller()
    .responses.stream({ model, input: `Hi ${mark}` })
    .finalResponse()
    .then(
      ({ status }) => status,
      () => 'error',
    );
  expect(['failed', 'error']).toContain(outcome);
});

test('a turn after a failed one begins from the last complete one', async () => {
  const first = await caller().responses.create({ model, input: 'My name is Alice' });
  const { mark } = newOperation({ tokens: 9, cut: 4 });
  const broken = { model, input: `Hi ${mark}`, previous_response_id: first.id };
  await caller()
    .responses.create(broken)
    .catch(() => undefined);
  const again = await caller().responses.create({
    model,
    input: 'What is my name?',
    previous_response_id: first.id,
  });
  expect(again.output_text).toContain('Alice');
});
