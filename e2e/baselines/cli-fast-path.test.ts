import { expect, test } from '@jest/globals';
import axios from 'axios';
import { answerIn, complete, ownModel, says, streamed } from '../../harness/suite/chat.ts';
import { chunksOf, doneCount, textOf } from '../../harness/suite/event-stream.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';
import { service } from '../../harness/suite/stack.ts';

const cli = 'baseline-cli';
const ask = (text: string) => ({ model: ownModel, messages: says(text) });

// covers 101/TestBaselineCLIHealth.test_health_endpoint
test('says that it is healthy', async () => {
  const { status, data } = await axios.get(`${service(cli).url}/health`, { timeout: 10_000 });
  expect(status).toBe(200);
  expect(['ok', 'healthy']).toContain(data.status);
});

// covers 101/TestBaselineCLIFastPath.test_simple_math
test('adds two and two', async () => {
  const { status, data } = await complete(cli, ask('What is 2+2?'));
  expect(status).toBe(200);
  expect(answerIn(data)).toContain('4');
});

// covers 101/TestBaselineCLIFastPath.test_simple_greeting
test('answers a greeting within 10 s', async () => {
  const startedAt = performance.now();
  const { status, data } = await complete(cli, ask('Hello!'));
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(status).toBe(200);
  expect(answerIn(data)).not.toBe('');
});

test('a question about facts takes the fast path: one call of the model, none to choose the path', async () => {
  await needsScriptedProvider(cli);
  const { id, mark } = newOperation();
  const stream = await streamed(cli, ask(`What is the capital of France? ${mark}`));
  const [first] = chunksOf(stream) as readonly { metadata?: { using_agent?: boolean } }[];
  convention(cli, 'the first chunk says in `metadata` whether the agent is used', () =>
    expect(first?.metadata?.using_agent).toBe(false),
  );
  expect(await journalOf(id, 'chat')).toHaveLength(1);
  expect(await journalOf(id, 'routing')).toHaveLength(0);
});

// covers 101/TestBaselineCLIStreaming.test_streaming_chunks
test('streams an answer in several chunks and [DONE]', async () => {
  const stream = await streamed(cli, ask('Count to 3'));
  expect(stream.status).toBe(200);
  const withText = chunksOf(stream).filter((chunk) => chunk.choices?.[0]?.delta?.content);
  expect(withText.length).toBeGreaterThan(1);
  expect(textOf(stream)).toMatch(/1.*2.*3/s);
  expect(doneCount(stream)).toBe(1);
});

test('passes a temperature of 0 on as 0', async () => {
  await needsScriptedProvider(cli);
  const { id, mark } = newOperation();
  await complete(cli, { ...ask(`Hi ${mark}`), temperature: 0 });
  const [upstream] = await journalOf(id);
  expect(upstream?.parameters.temperature).toBe(0);
});

test('passes all messages on, the system message first', async () => {
  await needsScriptedProvider(cli);
  const { id, mark } = newOperation();
  await complete(cli, {
    model: ownModel,
    messages: [
      { role: 'system', content: 'Answer in French.' },
      { role: 'user', content: 'My name is Alice' },
      { role: 'assistant', content: 'Enchantée.' },
      { role: 'user', content: `What is my name? ${mark}` },
    ],
  });
  const [upstream] = await journalOf(id);
  expect(upstream?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
  expect(upstream?.messages[0]?.text).toBe('Answer in French.');
});
