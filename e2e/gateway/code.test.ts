import { beforeEach, expect, test } from '@jest/globals';
import { answerIn, cliModel, complete, says, streamed } from '../../harness/suite/chat.ts';
import { chunksOf, textOf } from '../../harness/suite/event-stream.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';

beforeEach(() => needs('chat'));

// covers 101/TestChatCompletionsComplex.test_code_generation
test('a function on request comes as code', async () => {
  const { status, data } = await complete('gateway', {
    model: cliModel,
    messages: says('Write a Python function that adds two numbers'),
  });
  expect(status).toBe(200);
  expect(answerIn(data)).toMatch(/\bdef \w+\(/);
});

test('code goes to the agent: the program really runs, and its output follows it', async () => {
  await needsScriptedProvider('gateway');
  // The product is in the output only: neither the request nor the scripted answer has it.
  const { mark } = newOperation({ say: '```python\nprint(20731 * 41)\n```' });
  const { status, data } = await complete('gateway', {
    model: cliModel,
    messages: says(`Write a Python script that multiplies two numbers ${mark}`),
  });
  expect(status).toBe(200);
  expect(answerIn(data)).toContain('849971');
});

test('a program on request is streamed, and the stream says that the agent was used', async () => {
  await needsScriptedProvider('gateway');
  const stream = await streamed('gateway', {
    model: cliModel,
    messages: says('Write a Python script that prints Hello World'),
  });
  const [first] = chunksOf(stream) as readonly { metadata?: { using_agent?: boolean } }[];
  convention('gateway', 'the first chunk says in `metadata` whether the agent is used', () =>
    expect(first?.metadata?.using_agent).toBe(true),
  );
  expect(textOf(stream)).toMatch(/print\(/);
  expect(stream.data.at(-1)).toBe('[DONE]');
});

// covers 101/TestChatCompletionsComplex.test_web_search_query
test("tells today's date", async () => {
  const { status, data } = await complete('gateway', {
    model: cliModel,
    messages: says("What is today's date?"),
  });
  expect(status).toBe(200);
  const yearOf = (at: number) => String(new Date(at).getUTCFullYear());
  expect(answerIn(data)).toContain(yearOf(Date.now()));
});
