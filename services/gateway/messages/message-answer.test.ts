import { expect, test } from '@jest/globals';
import type { ChatCompletion } from '../../kit/chat-schema.ts';
import { askedOf, messageOf } from './message-answer.ts';
import type { MessagesRequest } from './messages-schema.ts';

const asked = (more: object = {}) =>
  askedOf({ model: 'm', max_tokens: 5, messages: [], ...more } as MessagesRequest, 9);
const completion = (message: object, finish_reason = 'stop', more: object = {}) =>
  ({
    choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason }],
    ...more,
  }) as unknown as ChatCompletion;
const call = (name: string, args: string, id = 'c1') => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});

test('a completion is a message with its text, calls and usage', () => {
  const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
  const given = { content: 'so', tool_calls: [call('look', '{"a":1}')] };
  expect(messageOf(completion(given, 'tool_calls', { usage }), asked())).toEqual({
    id: expect.stringMatching(/^msg_\w{24}$/),
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [
      { type: 'text', text: 'so', citations: null },
      { type: 'tool_use', id: 'c1', name: 'look', input: { a: 1 }, caller: { type: 'direct' } },
    ],
    stop_reason: 'tool_use',
    stop_sequence: null,
    stop_details: null,
    container: null,
    usage: {
      input_tokens: 3,
      output_tokens: 4,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens_details: null,
    },
  });
});

test('thinking is shown to who asked for it', () => {
  const given = completion({ content: 'so', reasoning_content: 'hm' });
  expect(messageOf(given, asked()).content).toHaveLength(1);
  const [block] = messageOf(given, asked({ thinking: { type: 'adaptive' } })).content;
  expect(block).toEqual({ type: 'thinking', thinking: 'hm', signature: expect.stringMatching(/^\S{44}$/) });
});

test('an empty answer has one empty text, and an upstream that does not count leaves the estimate', () => {
  const { content, usage } = messageOf(completion({}), asked());
  expect(content).toEqual([{ type: 'text', text: '', citations: null }]);
  expect(usage.input_tokens).toBe(9);
});

test('arguments that are no object are an error of the upstream, unless a limit cut them off', () => {
  const given = { tool_calls: [call('look', '{"a"')] };
  expect(() => messageOf(completion(given, 'tool_calls'), asked())).toThrow(
    expect.objectContaining({ statusCode: 502 }),
  );
  expect(messageOf(completion(given, 'length'), asked())).toMatchObject({
    stop_reason: 'max_tokens',
    content: [{ type: 'tool_use', input: {} }],
  });
});

test('a call without arguments takes nothing', () => {
  const given = completion({ tool_calls: [call('look', '')] }, 'tool_calls');
  expect(messageOf(given, asked()).content).toMatchObject([{ input: {} }]);
});
