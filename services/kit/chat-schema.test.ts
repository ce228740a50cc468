import { expect, test } from '@jest/globals';
import { Compile } from 'typebox/compile';
import { ChatCompletionRequest, withoutNulls } from './chat-schema.ts';

const validator = Compile(ChatCompletionRequest);
const asked = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };

test('an assistant message is accepted as clients echo it, nulls and all', () => {
  const echoed = {
    role: 'assistant',
    content: 'Hi',
    refusal: null,
    name: null,
    tool_calls: null,
    tool_call_id: null,
  };
  expect(validator.Check({ ...asked, messages: [...asked.messages, echoed] })).toBe(true);
});

test.each([
  ...['stream', 'stream_options', 'temperature', 'top_p', 'max_tokens', 'max_completion_tokens', 'tools'],
  ...[
    'tool_choice',
    'response_format',
    'user',
    'metadata',
    'user_id',
    'enable_memory',
    'generation_flags',
    'debug',
  ],
])('%s may be null, and no other wrong type', (name) => {
  expect(validator.Check({ ...asked, [name]: null })).toBe(true);
});

test.each([
  ['tools', {}],
  ['user', 7],
  ['debug', 'yes'],
  ['enable_memory', 1],
])('%s stays what it is: %j is refused', (name, value) => {
  expect(validator.Check({ ...asked, [name]: value })).toBe(false);
});

test('nulls are left out of messages on their way, but a null content stays', () => {
  const call = { id: 'a', type: 'function' as const, function: { name: 'f', arguments: '{}' } };
  const messages = [
    { role: 'assistant', content: null, tool_calls: [call], name: null },
    { role: 'tool', content: '1', tool_call_id: 'a', tool_calls: null },
    { role: 'user', content: 'Hi', name: 'ann' },
  ] as const;
  expect(JSON.parse(JSON.stringify(withoutNulls(messages as never)))).toEqual([
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', content: '1', tool_call_id: 'a' },
    { role: 'user', content: 'Hi', name: 'ann' },
  ]);
});
