import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { waitForJournal } from '../../harness/suite/journal.ts';
import { client, needsScriptedMessages, says } from '../../harness/suite/messages/caller.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('messages');
});

const look = {
  name: 'look',
  description: 'Looks at a place',
  input_schema: { type: 'object' as const, properties: { place: { type: 'string' } }, required: ['place'] },
};

test('a message is answered with a message', async () => {
  const message = await client().messages.create({ model, max_tokens: 100, messages: says('What is 2+2?') });
  expect(message).toMatchObject({
    type: 'message',
    role: 'assistant',
    stop_reason: 'end_turn',
    stop_sequence: null,
  });
  expect(message.id).toMatch(/./);
  expect(message.content[0]).toMatchObject({ type: 'text', text: expect.stringContaining('4') });
  expect(message.usage.input_tokens).toBeGreaterThan(0);
  expect(message.usage.output_tokens).toBeGreaterThan(0);
});

test('every message has an id of its own, and every answer a request id', async () => {
  const asking = () =>
    client()
      .messages.create({ model, max_tokens: 20, messages: says('Hello') })
      .withResponse();
  const [one, other] = await Promise.all([asking(), asking()]);
  expect(one.data.id).not.toBe(other.data.id);
  expect(one.request_id).toMatch(/./);
  expect(one.request_id).not.toBe(other.request_id);
});

test('a call of a tool comes with its input, and its result is answered', async () => {
  await needsScriptedMessages();
  const question = `Where is the harbour? ${newOperation({ tool: 'look' }).mark}`;
  const asked = { model, max_tokens: 100, tools: [look] };
  const called = await client().messages.create({ ...asked, messages: says(question) });
  expect(called.stop_reason).toBe('tool_use');
  const call = called.content.find((block) => block.type === 'tool_use');
  expect(call).toMatchObject({ name: 'look', input: { place: 'Where is the harbour?' } });
  const answered = await client().messages.create({
    ...asked,
    messages: [
      ...says(question),
      { role: 'assistant', content: called.content },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: 'behind the pier' }],
      },
    ],
  });
  expect(answered.stop_reason).toBe('end_turn');
  expect(JSON.stringify(answered.content)).toContain('behind the pier');
});

test('the token limit of a request is the reason why its answer ends', async () => {
  await needsScriptedMessages();
  const { mark } = newOperation({ tokens: 40 });
  const message = await client().messages.create({ model, max_tokens: 5, messages: says(`Hi ${mark}`) });
  expect(message.stop_reason).toBe('max_tokens');
  expect(message.content[0]).toMatchObject({ text: expect.stringMatching(/^w1 w2 w3 w4 w5\s*$/) });
});

test('an answer ends before a stop sequence', async () => {
  await needsScriptedMessages();
  const { mark } = newOperation({ say: 'one END two' });
  const message = await client().messages.create({
    model,
    max_tokens: 100,
    stop_sequences: ['END'],
    messages: says(`Hi ${mark}`),
  });
  expect(['stop_sequence', 'end_turn']).toContain(message.stop_reason);
  expect(message.stop_sequence).toBe(message.stop_reason === 'stop_sequence' ? 'END' : null);
  expect(message.content).toMatchObject([{ type: 'text', text: expect.stringMatching(/^one\s*$/) }]);
});

test('a stop sequence that the model names is the reason why its answer ends', async () => {
  await needsScriptedMessages();
  const asked = { model, max_tokens: 100, stop_sequences: ['two', 'END'] };
  const { mark } = newOperation({ say: 'one END two', names_stop: 1 });
  const message = await client().messages.create({ ...asked, messages: says(`Hi ${mark}`) });
  expect(message).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END' });
  const streamed = client().messages.stream({ ...asked, messages: says(`Hi ${mark}`) });
  expect(await streamed.finalMessage()).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END' });
});

test('tokens that came from a cache are counted apart from the others', async () => {
  await needsScriptedMessages();
  const asking = async (cached: number) => {
    const { mark } = newOperation({ cached, say: 'yes' });
    const asked = { model, max_tokens: 100, messages: says(`one two three ${mark}`) };
    const whole = await client().messages.create(asked);
    const streamed = await client().messages.stream(asked).finalMessage();
    expect(streamed.usage).toMatchObject({
      input_tokens: whole.usage.input_tokens,
      cache_read_input_tokens: whole.usage.cache_read_input_tokens,
    });
    return whole.usage;
  };
  const [none, some] = [await asking(0), await asking(3)];
  expect([none.cache_read_input_tokens ?? 0, some.cache_read_input_tokens]).toEqual([0, 3]);
  expect(none.input_tokens - some.input_tokens).toBe(3);
});

test('what the model refuses to say is a refusal', async () => {
  await needsScriptedMessages();
  const { mark } = newOperation({ refuse: 'Not for anything.' });
  const message = await client().messages.create({ model, max_tokens: 100, messages: says(`Hi ${mark}`) });
  expect(message.stop_reason).toBe('refusal');
});

test('who asked for thinking gets it signed, before the answer', async () => {
  await needsScriptedMessages();
  const { mark } = newOperation({ think: 'first of all', say: 'so be it' });
  const message = await client().messages.create({
    model,
    max_tokens: 2_000,
    thinking: { type: 'enabled', budget_tokens: 1_024 },
    messages: says(`Hi ${mark}`),
  });
  expect(message.content).toMatchObject([
    {
      type: 'thinking',
      thinking: expect.stringMatching(/^first of all\s*$/),
      signature: expect.stringMatching(/./),
    },
    { type: 'text', text: 'so be it' },
  ]);
});

test('limits and temperature arrive at the model', async () => {
  await needsScriptedMessages();
  const { id, mark } = newOperation();
  // The SDK's types have them no more, the API has.
  const sampling = { temperature: 0, top_p: 0.5 };
  await client().messages.create({
    model,
    max_tokens: 77,
    ...sampling,
    metadata: { user_id: 'someone' },
    messages: says(`Hi ${mark}`),
  });
  const { parameters } = await waitForJournal(id, 'completed');
  expect(parameters).toMatchObject({ temperature: 0, top_p: 0.5, user: 'someone' });
  expect(parameters.max_tokens ?? parameters.max_completion_tokens).toBe(77);
});
