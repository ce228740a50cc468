import { APIError } from '@anthropic-ai/sdk';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { journalOf, release, waitForJournal } from '../../harness/suite/journal.ts';
import { ask, client, needsScriptedMessages, says } from '../../harness/suite/messages/caller.ts';
import { openMessage, type SeenMessage, textIn } from '../../harness/suite/messages/message-stream.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { type Directives, newOperation } from '../../harness/suite/operation.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('messages');
  await needsScriptedMessages();
});

const tools = [
  {
    name: 'look',
    input_schema: { type: 'object' as const, properties: { place: { type: 'string' } }, required: ['place'] },
  },
];
const question = 'Where is the harbour, how deep is it, and who keeps its lights?';

/** A stream that the model disturbs once its client has read `upTo`. */
async function broken(directives: Directives, upTo: string): Promise<SeenMessage> {
  const { id, mark } = newOperation(directives);
  const open = openMessage({ model, max_tokens: 500, tools, messages: says(`${question} ${mark}`) });
  await open.until(upTo);
  await release(id);
  const seen = await open.whole;
  await waitForJournal(id, 'fault');
  return seen;
}

/** It ended in an error of the API, and nothing the assistant says tells of it. */
function expectFailed(seen: SeenMessage): void {
  expect(seen.findings).toEqual([]);
  expect(seen.end).toBe('error');
  expect(seen.events.at(-1)).toMatchObject({
    error: { type: 'api_error', message: expect.stringMatching(/./) },
  });
  expect(seen.events.map(({ type }) => type)).not.toContain('message_stop');
}

test('a stream that breaks off in its text ends in an error, after all that came before', async () => {
  const seen = await broken({ tokens: 40, hold: 6, cut: 6 }, 'w5');
  expectFailed(seen);
  expect(textIn(seen).trim()).toBe('w1 w2 w3 w4 w5');
});

test('a stream that the model ends too early in an orderly way ends in an error', async () => {
  const seen = await broken({ tokens: 40, hold: 6, end: 6 }, 'w5');
  expectFailed(seen);
  expect(textIn(seen).trim()).toBe('w1 w2 w3 w4 w5');
});

test('an error that the model reports on its way ends the stream', async () => {
  expectFailed(await broken({ tokens: 40, hold: 6, error: 6 }, 'w5'));
});

// covers 003/error-after-tool-use
test('a stream that breaks off in a call ends in an error, and the assistant says nothing of it', async () => {
  const seen = await broken({ tool: 'look', hold: 5, cut: 5 }, 'harbour');
  expectFailed(seen);
  const { message = '' } = (seen.events.at(-1)?.error ?? {}) as { message?: string };
  expect([textIn(seen), seen.open?.type ?? seen.blocks.at(-1)?.type]).toEqual(['', 'tool_use']);
  const said = seen.events.filter(({ type }) => type === 'content_block_delta');
  expect(JSON.stringify(said)).not.toContain(message);
});

test('half a call is not closed as a whole one', async () => {
  const seen = await broken({ tool: 'look', hold: 5, cut: 5 }, 'harbour');
  const calls = seen.blocks.filter(({ type }) => type === 'tool_use');
  expect(calls.filter(({ input }) => input === undefined)).toEqual([]);
});

test('the official client throws for both, and for a call it has no message to go on with', async () => {
  for (const directives of [
    { tokens: 40, cut: 6 },
    { tool: 'look', cut: 4 },
  ]) {
    const { mark } = newOperation(directives);
    const stream = client().messages.stream({
      model,
      max_tokens: 500,
      tools,
      messages: says(`${question} ${mark}`),
    });
    const failure = await stream.finalMessage().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(APIError);
    expect(stream.receivedMessages).toEqual([]);
  }
});

test('the conversation goes on after a stream that broke off', async () => {
  const { mark: cut } = newOperation({ tool: 'look', cut: 4 });
  const asked = { model, max_tokens: 500, tools };
  await client()
    .messages.stream({ ...asked, messages: says(`${question} ${cut}`) })
    .finalMessage()
    .catch(() => undefined);
  const { mark } = newOperation({ say: 'Behind the pier.' });
  const again = await client().messages.create({ ...asked, messages: says(`${question} ${mark}`) });
  expect(again.content).toMatchObject([{ type: 'text', text: 'Behind the pier.' }]);
});

test('a stream that breaks off before its first word is an error with a status, or in the stream', async () => {
  const { mark } = newOperation({ tokens: 40, cut: 1 });
  const seen = await openMessage({ model, max_tokens: 50, messages: says(`Hi ${mark}`) }).whole;
  if (seen.status === 200) expectFailed(seen);
  else expect(JSON.parse(seen.body)).toMatchObject({ type: 'error', error: { type: 'api_error' } });
});

test('a whole answer that breaks off is an error, and the model is asked once', async () => {
  const { id, mark } = newOperation({ tokens: 40, cut: 1 });
  const { status, body } = await ask({ model, max_tokens: 50, messages: says(`Hi ${mark}`) });
  expect(status).toBeGreaterThanOrEqual(500);
  expect(body).toMatchObject({ type: 'error', error: { type: 'api_error' } });
  expect((await journalOf(id)).length).toBeGreaterThan(0);
});

test.each([
  [429, 'rate_limit_error'],
  [503, 'api_error'],
  [400, 'invalid_request_error'],
])('a model that refuses with %i is a %s with that status, on a stream as well', async (status, type) => {
  const { mark } = newOperation({ status, retry_after: 7 });
  const asked = { model, max_tokens: 50, messages: says(`Hi ${mark}`) };
  for (const stream of [false, true]) {
    const answer = await ask({ ...asked, stream });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, '7']);
    expect(answer.body).toMatchObject({
      type: 'error',
      error: { type, message: expect.stringMatching(/./) },
    });
  }
});
