/** @provider any */
import { beforeEach, expect, test } from '@jest/globals';
import { answerIn, cliModel, complete, langchainModel, says, streamed } from '../../harness/suite/chat.ts';
import { doneCount, textOf } from '../../harness/suite/event-stream.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { needsModel } from '../../harness/suite/setup/model.ts';
import { suiteModels } from '../../harness/suite/setup/setup.ts';
import { requireEnvironment, skip } from '../../harness/suite/skip.ts';

beforeEach(() => needs('chat'));

/**
 * A live model behind the stack: of a setup such as `--setup openai`, or by MODEL_API_URL, MODEL_API_KEY and MODEL. Without
 * one the stack has its scripted one, and these tests are skipped.
 */
function needsLiveModel(): void {
  const told = suiteModels();
  if (!told || told.isScripted) requireEnvironment('MODEL_API_URL');
  else if (told.models.text.value[0] === 'tiny')
    skip('the tiny model of the stack knows one sentence and no capital');
}
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
