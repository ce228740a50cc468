import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { release } from '../../harness/suite/journal.ts';
import { client, needsScriptedMessages, says } from '../../harness/suite/messages/caller.ts';
import { openMessage, textIn } from '../../harness/suite/messages/message-stream.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { type Directives, newOperation } from '../../harness/suite/operation.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('messages');
});

const tools = ['look', 'wait'].map((name) => ({
  name,
  input_schema: { type: 'object' as const, properties: { place: { type: 'string' } }, required: ['place'] },
}));

/** The same question to our own reader and to the official client's streaming helper. */
async function bothReadings(directives: Directives, more: object = {}) {
  await needsScriptedMessages();
  const asking = () => ({
    model,
    max_tokens: 2_000,
    messages: says(`Where is the harbour, and is it deep? ${newOperation(directives).mark}`),
    ...more,
  });
  const [seen, message] = await Promise.all([
    openMessage(asking()).whole,
    client().messages.stream(asking()).finalMessage(),
  ]);
  expect(seen.findings).toEqual([]);
  expect(seen.end).toBe('message_stop');
  expect(seen.stopReason).toBe(message.stop_reason);
  return { seen, message };
}

test('a text is streamed word by word, and put together to the same by the official client', async () => {
  const { seen, message } = await bothReadings({ tokens: 60 });
  expect(textIn(seen)).toMatch(/^w1 w2 .* w60$/);
  expect(message.content).toMatchObject([{ type: 'text', text: textIn(seen) }]);
  expect(seen.events.filter(({ type }) => type === 'content_block_delta').length).toBeGreaterThan(10);
  expect(message.usage.output_tokens).toBeGreaterThanOrEqual(60);
});

test('the stream is named what it is, and has a request id', async () => {
  const { status, headers, findings } = await openMessage({ model, max_tokens: 50, messages: says('Hello') })
    .whole;
  expect([status, findings]).toEqual([200, []]);
  expect(headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(headers.get('request-id')).toMatch(/./);
});

test('a call is one block, whose pieces are its input', async () => {
  const { seen, message } = await bothReadings({ tool: 'look' }, { tools });
  expect(seen.blocks).toMatchObject([
    { type: 'tool_use', name: 'look', input: { place: 'Where is the harbour, and is it deep?' } },
  ]);
  expect(message).toMatchObject({ stop_reason: 'tool_use', content: [{ type: 'tool_use', name: 'look' }] });
});

test('two calls at once are two blocks, one after the other', async () => {
  const { seen, message } = await bothReadings({ tool: 'look,wait' }, { tools });
  expect(seen.blocks.map(({ name }) => name)).toEqual(['look', 'wait']);
  expect(message.content.map((block) => block.type)).toEqual(['tool_use', 'tool_use']);
});

test('thinking is a block of its own, signed, before the text', async () => {
  const asked = { thinking: { type: 'enabled', budget_tokens: 1_024 } };
  const { seen, message } = await bothReadings({ think: 'first of all', say: 'so be it' }, asked);
  expect(seen.blocks.map(({ type, text }) => [type, text.trim()])).toEqual([
    ['thinking', 'first of all'],
    ['text', 'so be it'],
  ]);
  expect(message.content[0]).toMatchObject({ signature: expect.stringMatching(/./) });
});

test('without thinking from the model there is no block of it', async () => {
  const { seen } = await bothReadings(
    { say: 'so be it' },
    { thinking: { type: 'enabled', budget_tokens: 1_024 } },
  );
  expect(seen.blocks.map(({ type }) => type)).toEqual(['text']);
});

test('a refusal of the model ends a stream as one', async () => {
  const { seen } = await bothReadings({ refuse: 'Not for anything.' });
  expect(seen.stopReason).toBe('refusal');
});

test('a token limit ends a stream as one', async () => {
  const { seen } = await bothReadings({ tokens: 40 }, { max_tokens: 5 });
  expect([seen.stopReason, textIn(seen).trim()]).toEqual(['max_tokens', 'w1 w2 w3 w4 w5']);
});

test('an answer without a word is a whole message', async () => {
  const { seen, message } = await bothReadings({ tokens: 0 });
  expect([seen.stopReason, textIn(seen).trim()]).toEqual(['end_turn', '']);
  expect(JSON.stringify(message.content)).not.toContain('w1');
});

test('characters of more than one byte arrive whole', async () => {
  const said = 'é€漢😀 née 漢字 😀😀';
  const { seen } = await bothReadings({ say: said });
  expect(textIn(seen)).toBe(said);
});

test('while the model is silent the stream has begun, and tells that it is alive', async () => {
  await needsScriptedMessages();
  const { id, mark } = newOperation({ hold: 0, say: 'late' });
  const open = openMessage({ model, max_tokens: 50, messages: says(`Hi ${mark}`) });
  await open.untilEvent('ping');
  await release(id);
  const seen = await open.whole;
  expect([seen.findings, seen.end, textIn(seen)]).toEqual([[], 'message_stop', 'late']);
});
