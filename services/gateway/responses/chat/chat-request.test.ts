import { expect, test } from '@jest/globals';
import { readRequest } from '../request/read-request.ts';
import { newId } from '../run/new-id.ts';
import { chatRequestOf, functionsOf } from './chat-request.ts';

function converted(fields: object) {
  const { fields: read } = readRequest({ model: 'm', input: 'hi', ...fields }, newId);
  return chatRequestOf(read, [{ role: 'user', content: 'hi' }], functionsOf(read.tools));
}

const tool = { type: 'function', name: 'f', parameters: { type: 'object' }, strict: true };

test('only what was asked for is asked of the upstream', () => {
  expect(converted({ temperature: null, metadata: { a: 'b' }, truncation: 'auto' })).toEqual({
    messages: [{ role: 'user', content: 'hi' }],
  });
});

test('fields get the names they have in a chat', () => {
  const fields = {
    max_output_tokens: 5,
    reasoning: { effort: 'low' },
    text: {
      format: { type: 'json_schema', name: 's', schema: { type: 'object' }, strict: true },
      verbosity: 'low',
    },
    tools: [tool],
    parallel_tool_calls: false,
    top_logprobs: 2,
  };
  expect(converted(fields)).toMatchObject({
    max_completion_tokens: 5,
    reasoning_effort: 'low',
    verbosity: 'low',
    response_format: {
      type: 'json_schema',
      json_schema: { name: 's', schema: { type: 'object' }, strict: true },
    },
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' }, strict: true } }],
    parallel_tool_calls: false,
    logprobs: true,
    top_logprobs: 2,
  });
});

test.each([
  ['required', 'required'],
  [
    { type: 'function', name: 'f' },
    { type: 'function', function: { name: 'f' } },
  ],
  [{ type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }] }, 'required'],
])('tool_choice %j becomes %j', (choice, expected) => {
  expect(converted({ tools: [tool, { ...tool, name: 'g' }], tool_choice: choice }).tool_choice).toEqual(
    expected,
  );
});

test('tools that are not allowed are not offered', () => {
  const choice = { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'g' }] };
  const { tools } = converted({ tools: [tool, { ...tool, name: 'g' }], tool_choice: choice });
  expect(tools).toMatchObject([{ function: { name: 'g' } }]);
});
