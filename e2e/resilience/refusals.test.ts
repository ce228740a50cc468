import { beforeEach, expect, test } from '@jest/globals';
import {
  answerIn,
  type ChatAnswer,
  cliModel,
  complete,
  langchainModel,
  says,
  streamed,
} from '../../harness/suite/chat.ts';
import type { SeenStream } from '../../harness/suite/event-stream.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsModel } from '../../harness/suite/setup/model.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';
import { optionalService } from '../../harness/suite/stack.ts';

beforeEach(() => needs('chat'));

const expectOpenaiError = (data: ChatAnswer) =>
  convention('gateway', 'a refusal has the error body of the OpenAI API', () =>
    expect(data.error?.message).toEqual(expect.any(String)),
  );

async function refused(status: number) {
  await needsScriptedProvider('gateway');
  const operation = newOperation({ status });
  const body = { model: cliModel, messages: says(`Hi ${operation.mark}`) };
  return { operation, body, answer: await complete('gateway', body) };
}

// covers 101/TestRetryBehavior.test_invalid_competitor_falls_back
test('an invalid competitor is refused, not replaced by another', async () => {
  const { status, data } = await complete('gateway', {
    model: 'invalid-competitor-xyz',
    messages: says('Hi'),
    stream: false,
  });
  expect([400, 404]).toContain(status);
  expect(data.choices).toBeUndefined();
  convention('gateway', 'an unknown model is refused by its name and as model_not_found', () =>
    expect(data.error).toMatchObject({
      message: expect.stringContaining('invalid-competitor-xyz'),
      code: 'model_not_found',
    }),
  );
});

test('an invalid competitor_id is no server error, and refused although the model is known', async () => {
  const { status, data } = await complete('gateway', {
    model: cliModel,
    competitor_id: 'invalid-competitor-xyz',
    messages: says('Hi'),
  });
  expect(status).toBeLessThan(500);
  convention('gateway', '`competitor_id` goes before the model, and an unknown one is refused', () => {
    expect([400, 404]).toContain(status);
    expect(data.choices).toBeUndefined();
  });
});

test('a model that refuses for its load is 429 for the client, who may try again', async () => {
  const { answer } = await refused(429);
  expect(answer.status).toBe(429);
  expect(answer.data.choices).toBeUndefined();
  expectOpenaiError(answer.data);
});

test('a model that is not available is a failure upstream for the client', async () => {
  const { answer } = await refused(503);
  expect([502, 503, 504]).toContain(answer.status);
  expect(answer.data.choices).toBeUndefined();
  convention('gateway', 'the 503 of a model stays a 503', () => expect(answer.status).toBe(503));
});

test('a model that fails is a server error for the client, never an invented answer', async () => {
  const { answer } = await refused(500);
  expect(answer.status).toBeGreaterThanOrEqual(500);
  expect(answer.data.choices).toBeUndefined();
  expectOpenaiError(answer.data);
});

test('a bad request is not tried again', async () => {
  const { operation, answer } = await refused(400);
  expect(answer.status).toBe(400);
  expect(await journalOf(operation.id)).toHaveLength(1);
});

/** A stream whose model refuses it with 429 before its first event, and says when to try again. */
async function refusedStream(model: string): Promise<SeenStream> {
  await needsScriptedProvider('gateway');
  const { mark } = newOperation({ status: 429, retry_after: 7 });
  return await streamed('gateway', { model, messages: says(`Hi ${mark}`) });
}

function expectRefused(stream: SeenStream): void {
  expect(stream.status).toBe(429);
  expect(stream.contentType).not.toContain('text/event-stream');
  expect(stream.body).not.toContain('[DONE]');
  expectOpenaiError(JSON.parse(stream.body));
  // LiteLLM gives an advice of its own, or none.
  if (optionalService('litellm')) return;
  convention('gateway', 'the Retry-After of a model reaches the client', () =>
    expect(stream.headers.get('retry-after')).toBe('7'),
  );
}

test('a stream that the model refuses keeps its status, and the advice when to try again', async () => {
  expectRefused(await refusedStream(cliModel));
});

test('so does one of the LangChain baseline', async () => {
  await needsModel(langchainModel);
  expectRefused(await refusedStream(langchainModel));
});

test('after a refusal the next request is answered', async () => {
  await refused(503);
  const { status, data } = await complete('gateway', { model: cliModel, messages: says('What is 2+2?') });
  expect(status).toBe(200);
  expect(answerIn(data)).toContain('4');
});
