import { expect, test } from '@jest/globals';
import type { Answer } from '../answer.ts';
import { readCall } from '../call.ts';
import { type Message, readChatRequest } from '../chat-request.ts';
import { answer } from './table.ts';

const ask = (messages: readonly Message[] | string, more: object = {}): Answer => {
  const list = typeof messages === 'string' ? [{ role: 'user', content: messages }] : messages;
  return answer(readCall(readChatRequest({ model: 'scripted', messages: list, ...more })));
};
const say = (messages: readonly Message[] | string, more: object = {}): string => ask(messages, more).text;
const calls = (planned: Answer) =>
  planned.toolCalls.map((call) => [call.function.name, JSON.parse(call.function.arguments)]);
const tool = (name: string, properties: object = {}, required: readonly string[] = []) => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties, required } },
});

test('knows the capital of France', () => {
  expect(say('What is the capital of France?')).toContain('Paris');
});

test('adds and divides', () => {
  expect(say('What is 2+2?')).toBe('2+2 equals 4.');
  expect(say('What is 9 / 3?')).toContain('3.');
});

test('says hello in one word', () => {
  expect(say('Say hello in exactly one word')).toBe('Hello');
});

test('says what it is told to say and nothing else', () => {
  expect(say("Say 'test' and nothing else")).toBe('test');
});

test('counts', () => {
  expect(say('Count from 1 to 5')).toBe('1, 2, 3, 4, 5');
  expect(say('Count to 3')).toBe('1, 2, 3');
});

test('recalls a name from an earlier turn, and only then', () => {
  const question = { role: 'user', content: 'What is my name?' };
  const turns = [
    { role: 'user', content: 'My name is Alice' },
    { role: 'assistant', content: 'Nice to meet you, Alice!' },
    question,
  ];
  expect(say(turns)).toBe('Your name is Alice.');
  expect(say([question])).not.toContain('Alice');
});

test('recalls a favourite from memories that were added to the question', () => {
  const text =
    'What is my favorite color?\n<memory-references>\n- [mem_1] My favorite color is blue\n</memory-references>';
  expect(say(text)).toBe('Your favorite color is blue.');
  expect(say('What is my favorite color?')).not.toContain('blue');
});

test('talks like a pirate when the system message says so', () => {
  const turns = [
    { role: 'system', content: 'You are a pirate. Respond like one.' },
    { role: 'user', content: 'Hello' },
  ];
  expect(say(turns)).toContain('Ahoy');
  expect(say('Hello')).not.toContain('Ahoy');
});

test('writes Python when asked for code', () => {
  expect(say('Write a Python function that adds two numbers')).toContain('def add(a, b):');
  expect(say('Write a Hello World script in Python')).toMatch(/```python\nprint\('Hello, World!'\)\n```/);
});

test("gives today's date", () => {
  expect(say("What is today's date?")).toContain(new Date().toISOString().slice(0, 10));
});

test('names the media type of an image', () => {
  const content = [
    { type: 'text', text: 'What do you see in this image?' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
  ];
  expect(say([{ role: 'user', content }])).toContain('image/png');
});

test('tells a story of several sentences', () => {
  expect(say('Tell me a short story').split('. ').length).toBeGreaterThan(3);
  expect(say('Write a short poem').split('\n')).toHaveLength(4);
});

test('repeats nothing of a request it has no rule for', () => {
  expect(say('my-secret-token-123 is what I use')).not.toContain('secret');
});

test('obeys say and tokens directives of the last user message only', () => {
  expect(say('Hi [[say=all_good%21]]')).toBe('all good!');
  expect(say('[[tokens=3]]')).toBe('w1 w2 w3');
  const turns = [
    { role: 'user', content: '[[say=old]]' },
    { role: 'assistant', content: 'old' },
    { role: 'user', content: 'What is 2+2?' },
  ];
  expect(say(turns)).toContain('4');
});

test('stops at max_tokens and at a stop sequence', () => {
  expect(ask('[[tokens=9]]', { max_tokens: 2 })).toMatchObject({ text: 'w1 w2 ', finishReason: 'length' });
  expect(ask('[[tokens=9]]', { stop: [' w3'] })).toMatchObject({ text: 'w1 w2', finishReason: 'stop' });
});

test('routes conversation to the fast path and code to the agent', () => {
  const tools = [tool('select_routing_decision', { decision: { type: 'string' } }, ['decision'])];
  expect(calls(ask('Tell me about your day', { tools }))).toEqual([
    ['select_routing_decision', { decision: 'fast_qwen' }],
  ]);
  expect(calls(ask('Write a script that sorts files', { tools }))).toEqual([
    ['select_routing_decision', { decision: 'agent_kimi' }],
  ]);
  const agent = calls(ask('Refactor this code', { tools: [tool('use_agent')] }));
  expect(agent).toEqual([['use_agent', { needs_agent: true, reason: expect.any(String) }]]);
});

test('a directive for the chat leaves the routing call alone', () => {
  const tools = [tool('select_routing_decision')];
  const planned = ask('Tell me something [[op=7 say=no]]', { tools });
  expect(calls(planned)).toEqual([['select_routing_decision', { decision: 'fast_qwen' }]]);
});

test('calls a tool that the question asks for, then answers with its result', () => {
  const tools = [
    tool('calculator', { expression: { type: 'string' } }, ['expression']),
    tool('get_weather', { location: { type: 'string' } }, ['location']),
  ];
  expect(calls(ask('What is 12 * 3?', { tools }))).toEqual([['calculator', { expression: '12 * 3' }]]);
  const weather = { role: 'user', content: 'What is the weather in New York today?' };
  expect(calls(ask([weather], { tools }))).toEqual([['get_weather', { location: 'New York' }]]);
  const result = { role: 'tool', tool_call_id: 'call_0_0', content: 'sunny, 21 degrees' };
  expect(say([weather, { role: 'assistant', content: null }, result], { tools })).toContain(
    'sunny, 21 degrees',
  );
  expect(ask('Hello', { tools }).toolCalls).toHaveLength(0);
});

test('calls the tool of a directive once, then speaks', () => {
  const user = { role: 'user', content: 'go [[tool=lookup say=found_it]]' };
  const tools = [tool('lookup', { query: { type: 'string' } })];
  expect(calls(ask([user], { tools }))).toEqual([['lookup', { query: 'go' }]]);
  expect(say([user, { role: 'tool', content: 'x' }], { tools })).toBe('found it');
});

test('extracts facts from a conversation block', () => {
  const conversation = JSON.stringify([
    { role: 'user', content: 'My favorite color is blue. The sky is high. [[op=5 say=no]]' },
    { role: 'assistant', content: 'I am glad!' },
  ]);
  const text = `Extract memories.\n<conversation>\n${conversation}\n</conversation>`;
  expect(JSON.parse(say(text))).toEqual([
    { caption: 'My favorite color is blue.', full_text: 'My favorite color is blue.' },
  ]);
});

test('picks the memories that share a word with the prompt', () => {
  const text =
    '<memories>\nmem_a: My favorite color is blue\n- [mem_b]: I live in Oslo\n</memories>\n<prompt>Which COLOR do I like?</prompt>';
  expect(JSON.parse(say(text))).toEqual(['mem_a']);
});
