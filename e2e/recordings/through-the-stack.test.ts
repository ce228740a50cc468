import { beforeEach, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { answerIn, cliModel, complete, ownModel, says, streamed } from '../../harness/suite/chat.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsModel } from '../../harness/suite/setup/model.ts';
import { service } from '../../harness/suite/stack.ts';

// These hold with the provider there and, by the recordings in scripted/, without it (`--mode replay`).

const model = 'scripted-direct';
const client = () =>
  new OpenAI({ baseURL: `${service('gateway').url}/v1`, apiKey: 'unused', maxRetries: 0, timeout: 30_000 });
const user = (content: string) => [{ role: 'user' as const, content }];

beforeEach(() => needsModel(model));

// covers 002/record-replay
test('a whole answer of the provider reaches the client', async () => {
  const { id, mark } = newOperation();
  const answer = await client().chat.completions.create({
    model,
    messages: user(`Say this: ${mark} [[say=four_is_${id}]]`),
  });
  expect(answer.choices[0]?.message.content).toBe(`four is ${id}`);
});

// covers 002/record-replay
test('a stream reaches the client with all of its events', async () => {
  const { mark } = newOperation({ tokens: 12 });
  const { data, endedCleanly } = await streamed('gateway', { model, messages: says(`Count ${mark}`) });
  expect([data.at(-1), endedCleanly]).toEqual(['[DONE]', true]);
  const texts = data
    .slice(0, -1)
    .map((each) => (JSON.parse(each) as OpenAI.ChatCompletionChunk).choices[0]?.delta.content ?? '');
  expect(texts.join('')).toBe(Array.from({ length: 12 }, (_, at) => `w${at + 1}`).join(' '));
});

test('a call of a tool reaches the client, and its result the provider', async () => {
  const { mark } = newOperation({ tool: 'add' });
  const parameters = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] };
  const tools = [{ type: 'function' as const, function: { name: 'add', parameters } }];
  const messages: OpenAI.ChatCompletionMessageParam[] = user(`Add ${mark}`);
  const first = (await client().chat.completions.create({ model, messages, tools })).choices[0]?.message;
  const call = first?.tool_calls?.[0];
  if (!first || !call) throw new Error('no call came');
  const result = { role: 'tool' as const, tool_call_id: call.id, content: '5' };
  const second = await client().chat.completions.create({
    model,
    messages: [...messages, first, result],
    tools,
  });
  expect(second.choices[0]?.message.content).toEqual(expect.stringMatching(/./));
});

test('a stream that breaks off does not end as if it were whole', async () => {
  const { mark } = newOperation({ tokens: 12, cut: 4 });
  const { data } = await streamed('gateway', { model, messages: says(`Count ${mark}`) });
  expect(data).not.toContain('[DONE]');
  expect(data.length).toBeGreaterThanOrEqual(3);
});

test('an agent answers by what the provider says', async () => {
  const { mark } = newOperation({ say: 'by the agent' });
  const { status, data } = await complete('gateway', { model: cliModel, messages: says(`Hi ${mark}`) });
  expect([status, answerIn(data)]).toEqual([200, expect.stringContaining('by the agent')]);
});

test('an agent that is asked itself does so too', async () => {
  const { mark } = newOperation({ say: 'by itself' });
  const { status, data } = await complete('baseline-cli', { model: ownModel, messages: says(`Hi ${mark}`) });
  expect([status, answerIn(data)]).toEqual([200, expect.stringContaining('by itself')]);
});
