import { expect, test } from '@jest/globals';
import axios from 'axios';
import { answerIn, complete, ownModel, says, streamed } from '../../harness/suite/chat.ts';
import { chunksOf, doneCount, textOf } from '../../harness/suite/event-stream.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';
import { service } from '../../harness/suite/stack.ts';

const langchain = 'baseline-langchain';
const ask = (text: string) => ({ model: ownModel, messages: says(text) });

// covers 101/TestBaselineLangChainHealth.test_health_endpoint
test('says that it is healthy', async () => {
  const { status, data } = await axios.get(`${service(langchain).url}/health`, { timeout: 10_000 });
  expect(status).toBe(200);
  expect(['ok', 'healthy']).toContain(data.status);
});

// covers 101/TestBaselineLangChainChat.test_simple_chat
test('answers a greeting with a chat completion', async () => {
  const { status, data } = await complete(langchain, ask('Hello'));
  expect(status).toBe(200);
  expect(data).toMatchObject({ object: 'chat.completion', choices: [{ message: { role: 'assistant' } }] });
  expect(answerIn(data)).not.toBe('');
});

test('streams an answer token by token and ends it with one [DONE]', async () => {
  const stream = await streamed(langchain, ask('Count from 1 to 5'));
  expect(textOf(stream)).toMatch(/1.*2.*3.*4.*5/s);
  expect(chunksOf(stream).filter((chunk) => chunk.choices?.[0]?.delta?.content).length).toBeGreaterThan(1);
  expect(doneCount(stream)).toBe(1);
  expect(stream.data.at(-1)).toBe('[DONE]');
});

test('remembers what was said earlier in the conversation', async () => {
  const { data } = await complete(langchain, {
    model: ownModel,
    messages: [
      { role: 'user', content: 'My name is Alice' },
      { role: 'assistant', content: 'Nice to meet you!' },
      { role: 'user', content: 'What is my name?' },
    ],
  });
  expect(answerIn(data)).toMatch(/alice/i);
});

test('obeys the system message', async () => {
  const { data } = await complete(langchain, {
    model: ownModel,
    messages: [{ role: 'system', content: 'You are a pirate. Respond like one.' }, ...says('Hello')],
  });
  expect(answerIn(data)).toMatch(/\b(ahoy|arrr*|matey|ye|aye)\b/i);
});

test('passes a temperature of 0 on as 0', async () => {
  await needsScriptedProvider(langchain);
  const { id, mark } = newOperation();
  await complete(langchain, { ...ask(`Hi ${mark}`), temperature: 0 });
  const [upstream] = await journalOf(id);
  expect(upstream?.parameters.temperature).toBe(0);
});
