import { expect, test } from '@jest/globals';
import { type Part, readPart, type Wire } from './part.ts';

const parts = (wire: Wire, ...events: readonly object[]): readonly Part[] =>
  events.flatMap((event) => readPart[wire](JSON.stringify(event)));

test('a chunk of a chat says text, thoughts in either field, a refusal, calls, its finish and usage', () => {
  const delta = (said: object, finish: string | null = null) => ({
    choices: [{ index: 0, delta: said, finish_reason: finish }],
  });
  expect(
    parts(
      'chat',
      delta({ role: 'assistant', content: '', refusal: null }),
      delta({ reasoning_content: 'so' }),
      delta({ reasoning: 'then' }),
      delta({ content: 'Hi' }),
      delta({ refusal: 'no' }),
      delta({ tool_calls: [{ index: 1, id: 'c', function: { name: 'look', arguments: '' } }] }),
      delta({ tool_calls: [{ index: 1, function: { arguments: '{}' } }] }),
      delta({}, 'stop'),
      { choices: [], usage: { prompt_tokens: 3, completion_tokens: 5 } },
    ),
  ).toEqual([
    { kind: 'reasoning', text: 'so' },
    { kind: 'reasoning', text: 'then' },
    { kind: 'text', text: 'Hi' },
    { kind: 'refusal', text: 'no' },
    { kind: 'call', index: 1, name: 'look' },
    { kind: 'call', index: 1, args: '{}' },
    { kind: 'finish', reason: 'stop' },
    { kind: 'usage', input: 3, output: 5 },
  ]);
  expect(readPart.chat('[DONE]')).toEqual([{ kind: 'end' }]);
});

test('an error of a chat is one in each of the forms that servers give it', () => {
  const told = parts('chat', { error: { message: 'a' } }, { error: { detail: 'b' } }, { error: 'c' });
  expect(told).toEqual(['a', 'b', 'c'].map((message) => ({ kind: 'error', message })));
});

test('events of a response say what chunks of a chat do, and one that failed has no finish', () => {
  const usage = { input_tokens: 3, output_tokens: 5 };
  expect(
    parts(
      'responses',
      { type: 'response.created', response: { status: 'in_progress' } },
      { type: 'response.reasoning_text.delta', delta: 'so' },
      { type: 'response.output_text.delta', delta: 'Hi' },
      { type: 'response.refusal.delta', delta: 'no' },
      {
        type: 'response.output_item.added',
        output_index: 2,
        item: { type: 'function_call', name: 'look' },
      },
      { type: 'response.function_call_arguments.delta', output_index: 2, delta: '{}' },
      {
        type: 'response.completed',
        response: { status: 'completed', usage, output: [{ type: 'function_call' }] },
      },
    ),
  ).toEqual([
    { kind: 'reasoning', text: 'so' },
    { kind: 'text', text: 'Hi' },
    { kind: 'refusal', text: 'no' },
    { kind: 'call', index: 2, name: 'look' },
    { kind: 'call', index: 2, args: '{}' },
    { kind: 'finish', reason: 'tool_calls' },
    { kind: 'usage', input: 3, output: 5 },
    { kind: 'end' },
  ]);
  const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
  expect(parts('responses', { type: 'response.incomplete', response: cut })).toEqual([
    { kind: 'finish', reason: 'length' },
    { kind: 'end' },
  ]);
  const failed = { status: 'failed', error: { code: 'server_error', message: 'away' } };
  expect(parts('responses', { type: 'response.failed', response: failed })).toEqual([
    { kind: 'error', message: 'away' },
    { kind: 'end' },
  ]);
  expect(parts('responses', { type: 'error', code: 'server_error', message: 'away' })).toEqual([
    { kind: 'error', message: 'away' },
  ]);
});

test('events of a message say what chunks of a chat do, in the words of a chat', () => {
  expect(
    parts(
      'messages',
      { type: 'message_start', message: { usage: { input_tokens: 3 } } },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'so' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Hi' } },
      { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', name: 'look' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{}' } },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } },
      { type: 'message_stop' },
      { type: 'error', error: { type: 'api_error', message: 'away' } },
    ),
  ).toEqual([
    { kind: 'prompt', input: 3 },
    { kind: 'reasoning', text: 'so' },
    { kind: 'text', text: 'Hi' },
    { kind: 'call', index: 2, name: 'look' },
    { kind: 'call', index: 2, args: '{}' },
    { kind: 'finish', reason: 'tool_calls' },
    { kind: 'usage', output: 5 },
    { kind: 'end' },
    { kind: 'error', message: 'away' },
  ]);
});
