import { beforeEach, expect, test } from '@jest/globals';
import OpenAI, { APIError, NotFoundError, UnprocessableEntityError } from 'openai';
import { cliModel } from '../../harness/suite/chat.ts';
import { waitForJournal } from '../../harness/suite/journal.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';
import { service } from '../../harness/suite/stack.ts';

beforeEach(() => needs('chat'));

/** The official client, unchanged and without retries that would hide a failure. */
const client = () =>
  new OpenAI({ baseURL: `${service('gateway').url}/v1`, apiKey: 'unused', maxRetries: 0, timeout: 30_000 });
const user = (content: string) => [{ role: 'user' as const, content }];

test('the official client reads a whole completion', async () => {
  const completion = await client().chat.completions.create({
    model: cliModel,
    messages: user('What is 2+2?'),
  });
  expect(completion.choices[0]?.message.content).toContain('4');
  expect(completion.choices[0]?.finish_reason).toBe('stop');
  expect(completion.usage?.total_tokens).toBeGreaterThan(0);
});

test('the official client puts a stream together to the same completion', async () => {
  const runner = client().chat.completions.stream({ model: cliModel, messages: user('Count from 1 to 5') });
  const completion = await runner.finalChatCompletion();
  expect(completion.choices[0]?.message.role).toBe('assistant');
  expect(completion.choices[0]?.message.content).toMatch(/1.*2.*3.*4.*5/s);
  expect(completion.choices[0]?.finish_reason).toBe('stop');
});

test('the official client lists the models', async () => {
  const ids: string[] = [];
  for await (const model of client().models.list()) ids.push(model.id);
  expect(ids).toContain(cliModel);
});

test('the official client retrieves one model', async () => {
  await expect(client().models.retrieve(cliModel)).resolves.toMatchObject({ id: cliModel, object: 'model' });
});

test('the official client is told that a model is missing', async () => {
  const asking = client().chat.completions.create({ model: 'no-such-model', messages: user('Hi') });
  const error = await asking.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(APIError);
  expect([400, 404]).toContain((error as APIError).status);
  convention(
    'gateway',
    'the official client finds a missing model to be a NotFoundError with its code',
    () => {
      expect(error).toBeInstanceOf(NotFoundError);
      expect((error as NotFoundError).code).toBe('model_not_found');
    },
  );
});

test('the official client is told that a conversation is empty', async () => {
  const asking = client().chat.completions.create({ model: cliModel, messages: [] });
  const error = await asking.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(APIError);
  expect([400, 422]).toContain((error as APIError).status);
  convention('gateway', 'an invalid parameter is refused with 422', () =>
    expect(error).toBeInstanceOf(UnprocessableEntityError),
  );
});

test('the official client fails on a stream that breaks off, it does not return half an answer', async () => {
  await needsScriptedProvider('gateway');
  const { mark } = newOperation({ tokens: 50, cut: 10 });
  const runner = client().chat.completions.stream({ model: cliModel, messages: user(`Hi ${mark}`) });
  await expect(runner.finalChatCompletion()).rejects.toThrow();
});

test('aborting a stream of the official client ends the request at the model', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const stream = await client().chat.completions.create({
    model: cliModel,
    messages: user(`Hi ${mark}`),
    stream: true,
  });
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content) break;
  }
  expect((await waitForJournal(id, 'hungup')).framesSent).toBeLessThan(500);
});

test('a refusal of the model keeps its status for the official client', async () => {
  await needsScriptedProvider('gateway');
  const { mark } = newOperation({ status: 429 });
  const asking = client().chat.completions.create({ model: cliModel, messages: user(`Hi ${mark}`) });
  await expect(asking).rejects.toMatchObject({ status: 429 });
});
