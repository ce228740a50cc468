import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import { answerIn, cliModel, complete, langchainModel, says, streamed } from '../../harness/suite/chat.ts';
import { doneCount, textOf } from '../../harness/suite/event-stream.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsModel } from '../../harness/suite/setup/model.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';

beforeEach(() => needs('chat'));

// covers 101/TestFullChatFlow.test_gateway_to_baseline_simple
test('a question goes through gateway and baseline to a model and comes back answered', async () => {
  const { status, data } = await complete('gateway', {
    model: cliModel,
    messages: says('What is the capital of France?'),
  });
  expect(status).toBe(200);
  expect(answerIn(data)).toMatch(/paris/i);
});

test('the model is asked once, and what it says is what the client reads', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation({ say: `the answer is ${randomUUID()}` });
  const { data } = await complete('gateway', { model: cliModel, messages: says(`Hi ${mark}`) });
  const calls = await journalOf(id);
  expect(calls).toHaveLength(1);
  expect(answerIn(data)).toBe(calls[0]?.answerText);
});

// covers 101/TestFullChatFlow.test_streaming_full_flow
// covers 000/upstream-streaming
test('a stream goes all the way: text, then one [DONE]', async () => {
  const stream = await streamed('gateway', {
    model: cliModel,
    messages: says("Say 'test' and nothing else"),
  });
  expect(textOf(stream)).toMatch(/test/i);
  expect(doneCount(stream)).toBe(1);
  expect(stream.data.at(-1)).toBe('[DONE]');
});

test('whole and streamed, an answer is the same', async () => {
  const body = { model: cliModel, messages: says('Count from 1 to 20') };
  const [whole, stream] = await Promise.all([complete('gateway', body), streamed('gateway', body)]);
  expect(answerIn(whole.data)).not.toBe('');
  expect(textOf(stream)).toBe(answerIn(whole.data));
});

/** Whether an answer has the output of a program, which is in neither request nor script: one baseline runs programs. */
const hasRun = (answer: string) => answer.includes('849971');

function program(model: string) {
  const { mark } = newOperation({ say: '```python\nprint(20731 * 41)\n```' });
  return { model, messages: says(`Write a Python script that multiplies two numbers ${mark}`) };
}

// covers 101/TestCompetitorSwitching.test_switch_between_baselines
test('the model id chooses the baseline, from one request to the next', async () => {
  await needsModel(langchainModel);
  await needsScriptedProvider('gateway');
  const ask = (model: string) => complete('gateway', program(model));
  const answers = [await ask(cliModel), await ask(langchainModel), await ask(cliModel)];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(answers.map(({ data }) => answerIn(data))).toEqual(
    answers.map(() => expect.stringContaining('20731')),
  );
  expect(answers.map(({ data }) => hasRun(answerIn(data)))).toEqual([true, false, true]);
});

test('the model id chooses the baseline of a stream as well', async () => {
  await needsModel(langchainModel);
  await needsScriptedProvider('gateway');
  const models = [langchainModel, cliModel];
  const streams = await Promise.all(models.map((model) => streamed('gateway', program(model))));
  expect(streams.map(doneCount)).toEqual([1, 1]);
  expect(streams.map((stream) => hasRun(textOf(stream)))).toEqual([false, true]);
});
