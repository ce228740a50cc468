import { expect, test } from '@jest/globals';
import { answerIn, complete, ownModel, says, streamed, type ToolCall } from '../../harness/suite/chat.ts';
import { chunksOf } from '../../harness/suite/event-stream.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';

const langchain = 'baseline-langchain';
const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather at a place',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

test("a call of the client's tool goes back to the client", async () => {
  await needsScriptedProvider(langchain);
  const { mark } = newOperation({ tool: 'get_weather' });
  const { status, data } = await complete(langchain, {
    model: ownModel,
    messages: says(`What is the weather in Rome? ${mark}`),
    tools: [weather],
  });
  expect(status).toBe(200);
  const [choice] = data.choices ?? [];
  const call = choice?.message?.tool_calls?.[0];
  expect(choice?.finish_reason).toBe('tool_calls');
  expect(call?.function.name).toBe('get_weather');
  expect(JSON.parse(call?.function.arguments ?? '')).toHaveProperty('city');
});

test("the result of the client's tool reaches the model under its call", async () => {
  await needsScriptedProvider(langchain);
  const { id, mark } = newOperation({ tool: 'get_weather' });
  const call: ToolCall = {
    id: 'call_1',
    type: 'function',
    function: { name: 'get_weather', arguments: '{"city":"Rome"}' },
  };
  const { status } = await complete(langchain, {
    model: ownModel,
    messages: [
      ...says(`What is the weather in Rome? ${mark}`),
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', content: 'sunny, 24 degrees', tool_call_id: 'call_1' },
    ],
    tools: [weather],
  });
  expect(status).toBe(200);
  const [upstream] = await journalOf(id);
  expect(upstream?.messages.at(-1)).toMatchObject({ role: 'tool', text: 'sunny, 24 degrees' });
});

test('its own agent calculates with a tool: the model is asked before and after', async () => {
  await needsScriptedProvider(langchain);
  const { id, mark } = newOperation({ tool: 'calculator' });
  const { status, data } = await complete(langchain, {
    model: ownModel,
    messages: says(`Use the calculator: what is 12345 * 678? ${mark}`),
  });
  expect(status).toBe(200);
  const calls = await journalOf(id);
  expect(calls).toHaveLength(2);
  expect(calls[1]?.messages.at(-1)).toMatchObject({ role: 'tool', text: expect.stringContaining('8369910') });
  expect(answerIn(data)).not.toBe('');
});

test("a stream names the agent's tool while it runs", async () => {
  await needsScriptedProvider(langchain);
  const { mark } = newOperation({ tool: 'calculator' });
  const stream = await streamed(langchain, {
    model: ownModel,
    messages: says(`Use the calculator: what is 2 * 3? ${mark}`),
  });
  const reasoning = chunksOf(stream).map((chunk) => chunk.choices?.[0]?.delta?.reasoning_content ?? '');
  convention(langchain, 'the reasoning of a stream names the tool that runs', () =>
    expect(reasoning.join('')).toMatch(/calculator/),
  );
  expect(stream.data.at(-1)).toBe('[DONE]');
});
