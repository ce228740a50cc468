import { expect, test } from '@jest/globals';
import { answerIn, cliModel, complete, says, streamed } from '../../harness/suite/chat.ts';
import { chunksOf, textOf } from '../../harness/suite/event-stream.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/scripted.ts';

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
  expect(data.error?.message).toContain('invalid-competitor-xyz');
});

test('an invalid competitor_id is refused although the model is known', async () => {
  const { status, data } = await complete('gateway', {
    model: cliModel,
    competitor_id: 'invalid-competitor-xyz',
    messages: says('Hi'),
  });
  expect([400, 404]).toContain(status);
  expect(data.choices).toBeUndefined();
});

test('a model that refuses for its load is 429 for the client, who may try again', async () => {
  const { answer } = await refused(429);
  expect(answer.status).toBe(429);
  expect(answer.data.error?.message).toEqual(expect.any(String));
});

test('a model that is not available is 503 for the client', async () => {
  const { answer } = await refused(503);
  expect(answer.status).toBe(503);
  expect(answer.data.choices).toBeUndefined();
});

test('a model that fails is a server error for the client, never an invented answer', async () => {
  const { answer } = await refused(500);
  expect(answer.status).toBeGreaterThanOrEqual(500);
  expect(answer.data.choices).toBeUndefined();
  expect(answer.data.error?.message).toEqual(expect.any(String));
});

test('a bad request is not tried again', async () => {
  const { operation, answer } = await refused(400);
  expect(answer.status).toBe(400);
  expect(await journalOf(operation.id)).toHaveLength(1);
});

test('a refusal of a stream is an error for the client, by its status or as the last frame', async () => {
  await needsScriptedProvider('gateway');
  const { mark } = newOperation({ status: 429 });
  const stream = await streamed('gateway', { model: cliModel, messages: says(`Hi ${mark}`) });
  expect(stream.body).not.toContain('[DONE]');
  expect(textOf(stream)).toBe('');
  const { error } = stream.status === 200 ? (chunksOf(stream).at(-1) ?? {}) : JSON.parse(stream.body);
  expect([200, 429]).toContain(stream.status);
  expect(error?.message).toEqual(expect.any(String));
});

test('after a refusal the next request is answered', async () => {
  await refused(503);
  const { status, data } = await complete('gateway', { model: cliModel, messages: says('What is 2+2?') });
  expect(status).toBe(200);
  expect(answerIn(data)).toContain('4');
});
