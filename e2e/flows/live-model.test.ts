import { beforeEach, expect, test } from '@jest/globals';
import { answerIn, cliModel, complete, langchainModel, says, streamed } from '../../harness/suite/chat.ts';
import { doneCount, textOf } from '../../harness/suite/event-stream.ts';
import { needsModel } from '../../harness/suite/model.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { requireEnvironment } from '../../harness/suite/skip.ts';

beforeEach(() => needs('chat'));

/**
 * A live model behind the stack, such as OpenAI's: MODEL_API_URL=https://api.openai.com/v1, MODEL_API_KEY and MODEL.
 * Without MODEL_API_URL the stack has its scripted one, and these tests are skipped.
 */
const needsLiveModel = () => requireEnvironment('MODEL_API_URL');
const question = says('What is the capital of France? Answer with one word.');

// covers 000/live-openai
// covers 000/environment-gated-tests
test('a live model answers through gateway and baseline', async () => {
  needsLiveModel();
  const { status, data } = await complete('gateway', { model: cliModel, messages: question });
  expect(data.error).toBeUndefined();
  expect(status).toBe(200);
  expect(answerIn(data)).toMatch(/paris/i);
});

// covers 000/live-openai
test('a live model streams through gateway and baseline', async () => {
  needsLiveModel();
  const stream = await streamed('gateway', { model: cliModel, messages: question });
  expect(textOf(stream)).toMatch(/paris/i);
  expect(doneCount(stream)).toBe(1);
});

test('a live model answers through LangChain', async () => {
  needsLiveModel();
  await needsModel(langchainModel);
  const { data } = await complete('gateway', { model: langchainModel, messages: question });
  expect(data.error).toBeUndefined();
  expect(answerIn(data)).toMatch(/paris/i);
});
