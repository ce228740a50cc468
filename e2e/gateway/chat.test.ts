import { beforeEach, expect, test } from '@jest/globals';
import { answerIn, cliModel, complete, says } from '../../harness/suite/chat.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';

beforeEach(() => needs('chat'));

// covers 101/TestChatCompletionsNonStreaming.test_simple_chat_completion
test('answers a question with a chat completion', async () => {
  const { status, data } = await complete('gateway', {
    model: cliModel,
    messages: says('Say hello in exactly one word'),
    stream: false,
  });
  expect(status).toBe(200);
  expect(data).toMatchObject({
    id: expect.stringMatching(/./),
    object: 'chat.completion',
    created: expect.any(Number),
    choices: [{ index: 0, message: { role: 'assistant' }, finish_reason: 'stop' }],
  });
  expect(answerIn(data)).toMatch(/hello/i);
});

// covers 101/TestChatCompletionsNonStreaming.test_chat_with_system_message
test('obeys the system message', async () => {
  const { status, data } = await complete('gateway', {
    model: cliModel,
    messages: [{ role: 'system', content: 'You are a pirate. Respond like one.' }, ...says('Hello')],
  });
  expect(status).toBe(200);
  expect(answerIn(data)).toMatch(/\b(ahoy|arrr*|matey|ye|aye)\b/i);
});

test('answers the same greeting without the system message like anybody else', async () => {
  const { data } = await complete('gateway', { model: cliModel, messages: says('Hello') });
  expect(answerIn(data)).not.toBe('');
  expect(answerIn(data)).not.toMatch(/\b(ahoy|arrr*|matey)\b/i);
});

// covers 101/TestChatCompletionsNonStreaming.test_chat_with_temperature
test('passes a temperature of 0 on as 0', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation();
  const { status } = await complete('gateway', {
    model: cliModel,
    messages: says(`Hi ${mark}`),
    temperature: 0,
  });
  expect(status).toBe(200);
  const [upstream] = await journalOf(id);
  expect(upstream?.parameters.temperature).toBe(0);
});

test('passes the limit of tokens on, and says that the answer was cut there', async () => {
  await needsScriptedProvider('gateway');
  const { data } = await complete('gateway', {
    model: cliModel,
    messages: says(`Hi ${newOperation({ tokens: 50 }).mark}`),
    max_tokens: 5,
  });
  expect(answerIn(data).trim()).toBe('w1 w2 w3 w4 w5');
  expect(data.choices?.[0]?.finish_reason).toBe('length');
});

test('asks the model once for one simple question', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation();
  await complete('gateway', { model: cliModel, messages: says(`What is 2+2? ${mark}`) });
  expect(await journalOf(id)).toHaveLength(1);
});

test('passes text on unharmed, whatever it is written in', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation();
  const text = 'Zażółć gęślą jaźń, 日本語, \u{1F9EA}, "quotes", back\\slash and a tab\t.';
  const { status } = await complete('gateway', { model: cliModel, messages: says(`${text} ${mark}`) });
  expect(status).toBe(200);
  const [upstream] = await journalOf(id);
  expect(upstream?.messages.at(-1)?.text).toBe(`${text} ${mark}`);
});

test('takes a message of 100 kB', async () => {
  const { status } = await complete('gateway', {
    model: cliModel,
    messages: says(`${'lorem ipsum '.repeat(8_500)} What is 2+2?`),
  });
  expect(status).toBe(200);
});
