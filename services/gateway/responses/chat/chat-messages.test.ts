import { expect, test } from '@jest/globals';
import { readItems } from '../request/read-items.ts';
import { messagesOf } from './chat-messages.ts';

const items = (...input: readonly object[]) => readItems(input, (prefix) => `${prefix}_new`);
const call = (id: string, name = 'f') => ({ type: 'function_call', call_id: id, name, arguments: '{}' });
const output = (id: string, text: string) => ({ type: 'function_call_output', call_id: id, output: text });

test('instructions come first, and texts stay plain strings', () => {
  const input = items(
    { role: 'developer', content: 'short' },
    { role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
  );
  expect(messagesOf('be brief', input)).toEqual([
    { role: 'system', content: 'be brief' },
    { role: 'system', content: 'short' },
    { role: 'user', content: 'hi' },
  ]);
});

test('calls that follow a text form one message with it, each answered right after it and in its order', () => {
  const input = items(
    { role: 'assistant', content: 'Let me see.' },
    call('a'),
    call('b'),
    output('b', 'two'),
    { role: 'user', content: 'and?' },
    output('a', 'one'),
  );
  expect(messagesOf(undefined, input)).toMatchObject([
    { role: 'assistant', content: 'Let me see.', tool_calls: [{ id: 'a' }, { id: 'b' }] },
    { role: 'tool', tool_call_id: 'a', content: 'one' },
    { role: 'tool', tool_call_id: 'b', content: 'two' },
    { role: 'user', content: 'and?' },
  ]);
});

test('an id that an upstream used again belongs to the last call before the output', () => {
  const input = items(call('x', 'first'), output('x', 'one'), call('x', 'second'), output('x', 'two'));
  const tools = messagesOf(undefined, input).filter(({ role }) => role === 'tool');
  expect(tools.map(({ content }) => content)).toEqual(['one', 'two']);
});

test.each([
  ['an output without a call', [output('x', 'one')], 'No tool call found'],
  ['a call without an output', [call('x'), { role: 'user', content: 'go on' }], 'No tool output found'],
])('%s is refused', (_, input, message) => {
  expect(() => messagesOf(undefined, items(...input))).toThrow(message);
});

test('reasoning goes with the assistant message that it led to', () => {
  const thought = { type: 'reasoning', content: [{ type: 'reasoning_text', text: 'hm' }], summary: [] };
  expect(messagesOf(undefined, items(thought, call('a'), output('a', 'one')))[0]).toMatchObject({
    reasoning_content: 'hm',
    tool_calls: [{ id: 'a' }],
  });
});

test('images and files become parts; an address is never fetched for a client', () => {
  const image = { type: 'input_image', image_url: 'data:image/png;base64,AA', detail: 'low' };
  const file = { type: 'input_file', file_data: 'data:text/plain;base64,AA', filename: 'a.txt' };
  const input = items({ role: 'user', content: [{ type: 'input_text', text: 'see' }, image, file] });
  expect(messagesOf(undefined, input)[0]?.content).toEqual([
    { type: 'text', text: 'see' },
    { type: 'image_url', image_url: { url: image.image_url, detail: 'low' } },
    { type: 'file', file: { filename: 'a.txt', file_data: file.file_data } },
  ]);
  const remote = items({ role: 'user', content: [{ type: 'input_file', file_url: 'http://10.0.0.1/' }] });
  expect(() => messagesOf(undefined, remote)).toThrow('file_data');
});

test('an answer of an MCP server is told again with its call', () => {
  const mcp = {
    type: 'mcp_call',
    id: 'mcp_1',
    server_label: 's',
    name: 'look',
    arguments: '{}',
    output: 'found',
  };
  expect(messagesOf(undefined, items(mcp, { role: 'user', content: 'ok' }))).toMatchObject([
    { role: 'assistant', tool_calls: [{ id: 'mcp_1', function: { name: 'look' } }] },
    { role: 'tool', tool_call_id: 'mcp_1', content: 'found' },
    { role: 'user' },
  ]);
});
