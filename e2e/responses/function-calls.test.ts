import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { FunctionTool, ResponseFunctionToolCall } from 'openai/resources/responses/responses';
import { journalOf } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { caller } from '../../harness/suite/responses/caller.ts';
import { responseIn, streamResponse, typesIn } from '../../harness/suite/responses/response-stream.ts';
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

const tool = (name: string): FunctionTool => ({
  type: 'function',
  name,
  description: 'Looks something up.',
  strict: false,
  parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
});
const tools = [tool('look'), tool('wait')];

test('a call of a function is streamed by the grammar, its arguments in pieces', async () => {
  const { mark } = newOperation({ tool: 'look' });
  const seen = await streamResponse({ model, input: `Where is the harbour? ${mark}`, tools });
  expect(seen.findings).toEqual([]);
  expect(typesIn(seen.events).slice(2, -1)).toEqual([
    'response.output_item.added',
    'response.function_call_arguments.delta',
    'response.function_call_arguments.done',
    'response.output_item.done',
  ]);
  const output = responseIn(seen.events).output as ResponseFunctionToolCall[];
  expect(output).toMatchObject([{ type: 'function_call', name: 'look', status: 'completed' }]);
  expect(JSON.parse(output[0]?.arguments ?? '')).toEqual({ query: 'Where is the harbour?' });
});

test('calls of several functions at once are items of their own, with ids of their own', async () => {
  const { mark } = newOperation({ tool: 'look,wait' });
  const seen = await streamResponse({ model, input: `Hi ${mark}`, tools });
  expect(seen.findings).toEqual([]);
  const output = responseIn(seen.events).output as ResponseFunctionToolCall[];
  expect(output.map(({ type, name }) => [type, name])).toEqual([
    ['function_call', 'look'],
    ['function_call', 'wait'],
  ]);
  expect(new Set(output.map(({ call_id }) => call_id)).size).toBe(2);
  expect(new Set(output.map(({ id }) => id)).size).toBe(2);
});

test('the streaming helper of the official client accepts them', async () => {
  const { mark } = newOperation({ tool: 'look,wait' });
  const response = await caller()
    .responses.stream({ model, input: `Hi ${mark}`, tools })
    .finalResponse();
  expect(response.output.map(({ type }) => type)).toEqual(['function_call', 'function_call']);
});

test('the result of a call goes back to the model with the call, and the answer uses it', async () => {
  const { id, mark } = newOperation({ tool: 'look' });
  const first = await caller().responses.create({ model, input: `Hi ${mark}`, tools });
  const call = first.output[0] as ResponseFunctionToolCall;
  const second = await caller().responses.create({
    model,
    previous_response_id: first.id,
    input: [{ type: 'function_call_output', call_id: call.call_id, output: 'at the pier' }],
    tools,
  });
  expect(second.output_text).toContain('at the pier');
  const upstream = await journalOf(id);
  expect(upstream.at(-1)?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
});

test('the results of two calls go back in the order of the calls', async () => {
  const { id, mark } = newOperation({ tool: 'look,wait' });
  const input = `Hi ${mark}`;
  const first = await caller().responses.create({ model, input, tools });
  const calls = first.output as ResponseFunctionToolCall[];
  await caller().responses.create({
    model,
    input: [
      { role: 'user', content: input },
      ...calls,
      ...calls.map(({ call_id, name }) => ({
        type: 'function_call_output' as const,
        call_id,
        output: `${name}ed`,
      })),
    ],
    tools,
  });
  const upstream = (await journalOf(id)).at(-1);
  expect(upstream?.messages.map(({ role, text }) => (role === 'tool' ? text : role))).toEqual([
    'user',
    'assistant',
    'looked',
    'waited',
  ]);
});

test('a function that must be called is', async () => {
  const response = await caller().responses.create({
    model,
    input: 'Hi',
    tools,
    tool_choice: { type: 'function', name: 'wait' },
  });
  expect(response.output).toMatchObject([{ type: 'function_call', name: 'wait' }]);
  expect(response.tool_choice).toEqual({ type: 'function', name: 'wait' });
  expect(response.tools).toMatchObject([{ name: 'look' }, { name: 'wait' }]);
});

test('no function is called when none may be', async () => {
  const response = await caller().responses.create({
    model,
    input: 'Please use the look tool.',
    tools,
    tool_choice: 'none',
  });
  expect(response.output.map(({ type }) => type)).toEqual(['message']);
});
