import { beforeEach, expect, test } from '@jest/globals';
import axios from 'axios';
import { type ChatAnswer, cliModel, says } from '../../harness/suite/chat.ts';
import { innards } from '../../harness/suite/innards.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { type Directives, newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';
import { service } from '../../harness/suite/stack.ts';

beforeEach(() => needs('chat'));

const post = (body: unknown, contentType = 'application/json') =>
  axios.post<ChatAnswer>(`${service('gateway').url}/v1/chat/completions`, body, {
    headers: { 'Content-Type': contentType },
    timeout: 10_000,
    validateStatus: () => true,
    transformRequest: (data) => (typeof data === 'string' ? data : JSON.stringify(data)),
  });

/** Every refusal has the body that clients of the OpenAI API read, whatever the framework would say. */
const expectOpenaiError = (data: ChatAnswer) =>
  convention('gateway', 'a refusal has the error body of the OpenAI API', () => {
    expect(data).toMatchObject({ error: { message: expect.stringMatching(/./), type: expect.any(String) } });
  });

/** The standard leaves open how a request that is no good is refused; spec 101 names 422 for missing messages. */
const expectInvalid = (status: number) => {
  expect([400, 422]).toContain(status);
  convention('gateway', 'an invalid parameter is refused with 422', () => expect(status).toBe(422));
};

// covers 101/TestErrorHandling.test_invalid_model_error
test('an unknown model is refused as unknown, and by its name', async () => {
  const { status, data } = await post({ model: 'nonexistent-model-12345', messages: says('Hi') });
  expect([400, 404]).toContain(status);
  expectOpenaiError(data);
  convention('gateway', 'an unknown model is refused by its name and as model_not_found', () => {
    expect(data.error).toMatchObject({
      message: expect.stringContaining('nonexistent-model-12345'),
      code: 'model_not_found',
    });
  });
});

test('an unknown model is refused the same way when a stream is asked for', async () => {
  const { status, headers, data } = await post({
    model: 'nonexistent-model-12345',
    messages: says('Hi'),
    stream: true,
  });
  expect([400, 404]).toContain(status);
  expect(headers['content-type']).toContain('application/json');
  expectOpenaiError(data);
});

// covers 101/TestErrorHandling.test_missing_messages_error
test('a request without messages is refused with 422, naming them', async () => {
  const { status, data } = await post({ model: cliModel });
  expect(status).toBe(422);
  expect(JSON.stringify(data)).toContain('messages');
  expectOpenaiError(data);
});

test('an empty list of messages is refused', async () => {
  const { status, data } = await post({ model: cliModel, messages: [] });
  expectInvalid(status);
  expectOpenaiError(data);
});

test('a message without a role is refused', async () => {
  const { status, data } = await post({ model: cliModel, messages: [{ content: 'Hi' }] });
  expectInvalid(status);
  expectOpenaiError(data);
});

test('a temperature above 2 is refused', async () => {
  const { status, data } = await post({ model: cliModel, messages: says('Hi'), temperature: 2.5 });
  expectInvalid(status);
  expectOpenaiError(data);
});

test('a number as text is no server error', async () => {
  const { status } = await post({ model: cliModel, messages: says('Hi'), max_tokens: '5' });
  expect(status).toBeLessThan(500);
  convention('gateway', 'a number as text is refused with 422, not guessed at', () =>
    expect(status).toBe(422),
  );
});

// covers 101/TestErrorHandling.test_malformed_json_error
test('malformed JSON is refused with 400 or 422', async () => {
  const { status, data } = await post('{invalid json}');
  expect([400, 422]).toContain(status);
  expectOpenaiError(data);
});

test('a body that is no JSON object is refused', async () => {
  const { status, data } = await post('[1, 2, 3]');
  expect([400, 422]).toContain(status);
  expectOpenaiError(data);
});

test('another content type is refused', async () => {
  const { status, data } = await post('<chat/>', 'application/xml');
  expect([400, 415, 422]).toContain(status);
  convention('gateway', 'another content type is refused with 415', () => expect(status).toBe(415));
  expectOpenaiError(data);
});

test('a refusal shows no stack trace and no address of another service', async () => {
  const { data } = await post('{invalid json}');
  expect(JSON.stringify(data)).not.toMatch(innards);
});

test('a model that fails or breaks off is told without stack trace and address of another service', async () => {
  await needsScriptedProvider('gateway');
  const ask = (fault: Directives) =>
    post({ model: cliModel, messages: says(`Hi ${newOperation(fault).mark}`) });
  const refused = await ask({ status: 500 });
  const broken = await ask({ tokens: 30, cut: 5 });
  expect([refused.status, broken.status].filter((status) => status < 500)).toEqual([]);
  expect(JSON.stringify(refused.data)).not.toMatch(innards);
  expect(JSON.stringify(broken.data)).not.toMatch(innards);
});
