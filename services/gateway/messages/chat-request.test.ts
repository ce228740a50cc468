import { expect, test } from '@jest/globals';
import { chatRequestOf } from './chat-request.ts';
import type { MessagesRequest } from './messages-schema.ts';

const asking = (more: Partial<MessagesRequest> = {}) =>
  chatRequestOf({
    model: 'm',
    max_tokens: 2_000,
    messages: [{ role: 'user', content: 'hi' }],
    ...more,
  } as MessagesRequest) as unknown as Record<string, unknown>;

const tool = {
  name: 'look',
  description: 'd',
  input_schema: { type: 'object', properties: { at: { type: 'string' } } },
};

test('the system prompt comes first, its blocks as paragraphs', () => {
  const system = [
    { type: 'text' as const, text: 'a' },
    { type: 'text' as const, text: 'b' },
  ];
  expect(asking({ system }).messages).toEqual([
    { role: 'system', content: 'a\n\nb' },
    { role: 'user', content: 'hi' },
  ]);
});

test('limits, stops and the user pass under their names in a chat', () => {
  const request = asking({
    temperature: 0,
    top_p: 0.5,
    top_k: 5,
    stop_sequences: ['END'],
    metadata: { user_id: 'u' },
  });
  expect(request).toEqual({
    messages: [{ role: 'user', content: 'hi' }],
    max_tokens: 2_000,
    temperature: 0,
    top_p: 0.5,
    stop: ['END'],
    user: 'u',
  });
});

test('tools are functions; one without a schema takes nothing', () => {
  const request = asking({ tools: [{ ...tool, strict: true }, { name: 'bare' }] });
  expect(request.tools).toEqual([
    {
      type: 'function',
      function: { name: 'look', description: 'd', parameters: tool.input_schema, strict: true },
    },
    { type: 'function', function: { name: 'bare', parameters: { type: 'object', properties: {} } } },
  ]);
});

test.each([
  [{ type: 'auto' }, { tool_choice: 'auto' }],
  [
    { type: 'any', disable_parallel_tool_use: true },
    { tool_choice: 'required', parallel_tool_calls: false },
  ],
  [{ type: 'none' }, { tool_choice: 'none' }],
  [{ type: 'tool', name: 'look' }, { tool_choice: { type: 'function', function: { name: 'look' } } }],
] as const)('the choice %j is asked for as %j', (choice, expected) => {
  expect(asking({ tools: [tool], tool_choice: { ...choice } })).toMatchObject(expected);
});

test.each([
  [1_024, 'low'],
  [1_025, 'medium'],
  [8_193, 'high'],
  [24_577, 'xhigh'],
])('thinking of %i tokens is asked for as the effort %s', (budget_tokens, effort) => {
  const request = asking({ max_tokens: 50_000, thinking: { type: 'enabled', budget_tokens } });
  expect(request.reasoning_effort).toBe(effort);
});

test('an effort by name wins over a budget, and without either the model decides', () => {
  const thinking = { type: 'enabled' as const, budget_tokens: 1_024 };
  expect(asking({ thinking, output_config: { effort: 'max' } }).reasoning_effort).toBe('xhigh');
  expect(asking({ thinking: { type: 'adaptive' } })).not.toHaveProperty('reasoning_effort');
});

test('a format for the answer is a schema for the model', () => {
  const schema = { type: 'object' };
  expect(asking({ output_config: { format: { type: 'json_schema', schema } } }).response_format).toEqual({
    type: 'json_schema',
    json_schema: { name: 'answer', schema, strict: true },
  });
});

test.each([
  ['a tool of the vendor', { tools: [{ name: 'web_search', type: 'web_search_20250305' }] }],
  ['two tools of one name', { tools: [tool, tool] }],
  ['a choice without tools', { tool_choice: { type: 'any' } }],
  ['the choice of an unknown tool', { tools: [tool], tool_choice: { type: 'tool', name: 'other' } }],
  ['thinking without a budget', { thinking: { type: 'enabled' } }],
  ['thinking beyond the limit', { thinking: { type: 'enabled', budget_tokens: 2_000 } }],
  ['a blank stop', { stop_sequences: [' \n'] }],
])('%s is refused', (_, more) => {
  expect(() => asking(more as Partial<MessagesRequest>)).toThrow(
    expect.objectContaining({ statusCode: 400 }),
  );
});
