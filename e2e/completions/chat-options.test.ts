import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { cliModel, complete, says } from '../../harness/suite/chat.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsModel } from '../../harness/suite/setup/model.ts';
import { service } from '../../harness/suite/stack.ts';

const model = 'scripted-direct';
const chats = () =>
  new OpenAI({ baseURL: `${service('gateway').url}/v1`, apiKey: 'unused', maxRetries: 0, timeout: 30_000 })
    .chat.completions;
const user = (content: string) => [{ role: 'user' as const, content }];

beforeEach(() => needsModel(model));

test('several answers come back apart, whole and streamed', async () => {
  const { mark } = newOperation({ say: 'one two three' });
  const asked = { model, messages: user(`Hi ${mark}`), n: 3 };
  const whole = await chats().create(asked);
  const texts = whole.choices.map(({ message }) => message.content);
  expect(new Set(texts).size).toBe(3);
  const streamed = await chats().stream(asked).finalChatCompletion();
  expect(streamed.choices.map(({ message }) => message.content)).toEqual(texts);
});

test('how likely each token was comes with it, whole and streamed', async () => {
  const { mark } = newOperation({ say: 'one two three' });
  const asked = { model, messages: user(`Hi ${mark}`), logprobs: true, top_logprobs: 2 };
  const { choices } = await chats().create(asked);
  const told = choices[0]?.logprobs?.content ?? [];
  expect(told.map(({ token }) => token).join('')).toBe('one two three');
  expect(told.every(({ logprob, top_logprobs }) => logprob < 0 && top_logprobs.length === 2)).toBe(true);
  const streamed = await chats().stream(asked).finalChatCompletion();
  expect(streamed.choices[0]?.logprobs?.content).toEqual(told);
});

test('an agent says that it cannot give several answers, instead of giving one', async () => {
  const several = await complete('gateway', { model: cliModel, messages: says('Hi'), n: 2 });
  const likely = await complete('gateway', { model: cliModel, messages: says('Hi'), logprobs: true });
  expect([several.status, likely.status]).toEqual([400, 400]);
  expect([several.data.error?.code, likely.data.error?.code]).toEqual([
    'unsupported_parameter',
    'unsupported_parameter',
  ]);
});

test('a stream tells its tokens once, at its end, and only when it is asked to', async () => {
  const { mark } = newOperation({ say: 'one two' });
  const usages = async (more: object) => {
    const seen: unknown[] = [];
    const asked = { model, messages: user(`Hi ${mark}`), stream: true as const, ...more };
    for await (const chunk of await chats().create(asked)) if (chunk.usage) seen.push(chunk.usage);
    return seen;
  };
  expect(await usages({ stream_options: { include_usage: true } })).toEqual([
    expect.objectContaining({ completion_tokens: 2 }),
  ]);
  expect(await usages({})).toEqual([]);
});

const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days'],
  additionalProperties: false,
};

test('a form for the answer reaches the model as it was written, and the answer has it', async () => {
  const { id, mark } = newOperation();
  const response_format = {
    type: 'json_schema' as const,
    json_schema: { name: 'trip', strict: true, schema },
  };
  const messages = user(`Plan 3 days in Rome ${mark}`);
  const { choices } = await chats().create({ model, messages, response_format });
  expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({ city: 'Rome', days: 3 });
  const [entry] = await journalOf(id);
  expect(JSON.parse(entry?.structures?.response_format ?? '')).toEqual(response_format);
});

test('an answer that shall be JSON is JSON, streamed as well', async () => {
  const asked = {
    model,
    messages: user('Answer in JSON'),
    response_format: { type: 'json_object' as const },
  };
  const { choices } = await chats().create(asked);
  expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual(expect.any(Object));
  const streamed = await chats().stream(asked).finalChatCompletion();
  expect(streamed.choices[0]?.message.content).toBe(choices[0]?.message.content);
});

test('tools reach the model with their schemas, and its call and the result come through', async () => {
  const { id, mark } = newOperation();
  const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters } }];
  const messages = user(`What is the weather in Rome? ${mark}`);
  const first = await chats().create({ model, messages, tools });
  const [call] = first.choices[0]?.message.tool_calls ?? [];
  if (call?.type !== 'function') throw new Error('the model called no function');
  expect(JSON.parse(call.function.arguments)).toEqual({ city: 'Rome' });
  expect(first.choices[0]?.finish_reason).toBe('tool_calls');
  const [entry] = await journalOf(id);
  expect(JSON.parse(entry?.structures?.tools ?? '')).toEqual(tools);

  const streamed = await chats().stream({ model, messages, tools }).finalChatCompletion();
  expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'get_weather' } });

  const answered = [
    ...messages,
    { role: 'assistant' as const, content: null, tool_calls: [call] },
    { role: 'tool' as const, tool_call_id: call.id, content: 'sunny, 31 degrees' },
  ];
  const second = await chats().create({ model, messages: answered, tools });
  expect(second.choices[0]?.message.content).toContain('sunny, 31 degrees');
});

test('an attached text is read, an attached document arrives byte for byte', async () => {
  const { id, mark } = newOperation({ say: 'read' });
  const pdf = Buffer.from('%PDF-1.7 not really').toString('base64');
  const content = [
    { type: 'text', text: `Read this ${mark}` },
    { type: 'file', file: { name: 'notes.md', mime_type: 'text/markdown', content: 'buy 12 eggs' } },
    { type: 'file', file: { name: 'a.pdf', mime_type: 'application/pdf', content: pdf } },
  ];
  const { status } = await complete('gateway', {
    model,
    messages: [{ role: 'user', content: content as never }],
  });
  expect(status).toBe(200);
  const [entry] = await journalOf(id);
  expect(entry?.messages.at(-1)?.text).toContain('[Attached file: notes.md]\nbuy 12 eggs\n[End of file]');
  const data = `data:application/pdf;base64,${pdf}`;
  expect(entry?.files).toEqual([{ name: 'a.pdf', sha256: createHash('sha256').update(data).digest('hex') }]);
});
