import { expect, test } from '@jest/globals';
import axios from 'axios';
import { type ChatAnswer, cliModel, says } from '../../harness/suite/chat.ts';
import { type Directives, newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/scripted.ts';
import { service } from '../../harness/suite/stack.ts';

const post = (body: unknown, contentType = 'application/json') =>
  axios.post<ChatAnswer>(`${service('gateway').url}/v1/chat/completions`, body, {
    headers: { 'Content-Type': contentType },
    timeout: 10_000,
    validateStatus: () => true,
    transformRequest: (data) => (typeof data === 'string' ? data : JSON.stringify(data)),
  });

/** Every refusal has the body that clients of the OpenAI API read. */
const openaiError = {
  error: { message: expect.stringMatching(/./), type: expect.any(String) },
};

// covers 101/TestErrorHandling.test_invalid_model_error
test('an unknown model is refused with 404 and its name', async () => {
  const { status, data } = await post({ model: 'nonexistent-model-12345', messages: says('Hi') });
  expect([400, 404]).toContain(status);
  expect(data.error?.message).toContain('nonexistent-model-12345');
  expect(data.error?.code).toBe('model_not_found');
});

test('an unknown model is refused the same way when a stream is asked for', async () => {
  const { status, headers, data } = await post({
    model: 'nonexistent-model-12345',
    messages: says('Hi'),
    stream: true,
  });
  expect([400, 404]).toContain(status);
  expect(headers['content-type']).toContain('application/json');
  expect(data).toMatchObject(openaiError);
});

// covers 101/TestErrorHandling.test_missing_messages_error
test('a request without messages is refused with 422, naming them', async () => {
  const { status, data } = await post({ model: cliModel });
  expect(status).toBe(422);
  expect(data).toMatchObject(openaiError);
  expect(data.error?.message).toContain('messages');
});

test('an empty list of messages is refused with 422', async () => {
  const { status, data } = await post({ model: cliModel, messages: [] });
  expect(status).toBe(422);
  expect(data).toMatchObject(openaiError);
});

test('a message without a role is refused with 422', async () => {
  const { status, data } = await post({ model: cliModel, messages: [{ content: 'Hi' }] });
  expect(status).toBe(422);
  expect(data).toMatchObject(openaiError);
});

test('a temperature above 2 is refused with 422', async () => {
  const { status, data } = await post({ model: cliModel, messages: says('Hi'), temperature: 2.5 });
  expect(status).toBe(422);
  expect(data).toMatchObject(openaiError);
});

test('a number as text is refused with 422, not guessed at', async () => {
  const { status } = await post({ model: cliModel, messages: says('Hi'), max_tokens: '5' });
  expect(status).toBe(422);
});

// covers 101/TestErrorHandling.test_malformed_json_error
test('malformed JSON is refused with 400 or 422', async () => {
  const { status, data } = await post('{invalid json}');
  expect([400, 422]).toContain(status);
  expect(data.error?.message).toEqual(expect.any(String));
});

test('a body that is no JSON object is refused', async () => {
  const { status, data } = await post('[1, 2, 3]');
  expect([400, 422]).toContain(status);
  expect(data.error?.message).toEqual(expect.any(String));
});

test('another content type is refused with 415', async () => {
  const { status, data } = await post('<chat/>', 'application/xml');
  expect(status).toBe(415);
  expect(data.error?.message).toEqual(expect.any(String));
});

const innards = / {2,}at |node_modules|\.ts:|127\.0\.0\.1|localhost|https?:\/\/|\b[a-z-]+:\d{4,5}\b/;

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
