import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { BadRequestError, NotFoundError, RateLimitError } from 'openai';
import { journalOf, waitForJournal } from '../../harness/suite/journal.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { ask, caller } from '../../harness/suite/responses/caller.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(() => needs('responses'));

test('the official client reads the text of a response', async () => {
  const response = await caller().responses.create({ model, input: 'What is 2+2?' });
  expect(response).toMatchObject({ object: 'response', status: 'completed', error: null, model });
  expect(response.output_text).toContain('4');
  convention('gateway', 'ids say what they are of', () => {
    expect([response.id, response.output[0]?.id]).toEqual([
      expect.stringMatching(/^resp_/),
      expect.stringMatching(/^msg_/),
    ]);
  });
});

// covers 001/responses-http-shape
test('a response has every field that clients read without asking', async () => {
  const { status, body } = await ask('POST', '/responses', { model, input: 'Hi', metadata: { run: 'a' } });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    object: 'response',
    status: 'completed',
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: { run: 'a' },
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
  });
  expect(Math.abs(body.created_at - Date.now() / 1000)).toBeLessThan(120);
  expect(body.output).toEqual([
    {
      id: expect.stringMatching(/./),
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [expect.objectContaining({ type: 'output_text', text: expect.any(String), annotations: [] })],
    },
  ]);
});

test('usage is what the model counted', async () => {
  await needsScriptedResponses();
  const { id, mark } = newOperation({ tokens: 7 });
  const { usage } = await caller().responses.create({ model, input: `Hi ${mark}` });
  const { usage: counted } = await waitForJournal(id, 'completed');
  expect(usage).toMatchObject({
    input_tokens: counted.promptTokens,
    output_tokens: 7,
    total_tokens: counted.promptTokens + 7,
    output_tokens_details: { reasoning_tokens: 0 },
  });
});

test('instructions come to the model before the input, in the order of its items', async () => {
  await needsScriptedResponses();
  const { id, mark } = newOperation({ say: 'yes' });
  await caller().responses.create({
    model,
    instructions: 'Be brief.',
    input: [
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'two' },
      { role: 'user', content: [{ type: 'input_text', text: `three ${mark}` }] },
    ],
  });
  const [upstream] = await journalOf(id);
  expect(upstream?.messages.map(({ role }) => role)).toEqual([
    expect.stringMatching(/^(system|developer)$/),
    'user',
    'assistant',
    'user',
  ]);
  expect(upstream?.messages.map(({ text }) => text)).toEqual([
    'Be brief.',
    'one',
    'two',
    expect.stringContaining('three'),
  ]);
});

test('parameters reach the model', async () => {
  await needsScriptedResponses();
  const { id, mark } = newOperation({ say: 'yes' });
  await caller().responses.create({ model, input: `Hi ${mark}`, temperature: 0, top_p: 0.5 });
  const [upstream] = await journalOf(id);
  expect(upstream?.parameters).toMatchObject({ temperature: 0, top_p: 0.5 });
});

test('an answer that reaches its limit is incomplete and says why', async () => {
  await needsScriptedResponses();
  const { mark } = newOperation({ tokens: 60 });
  const response = await caller().responses.create({ model, input: `Hi ${mark}`, max_output_tokens: 20 });
  expect(response).toMatchObject({
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
  });
  expect(response.output_text.trim().split(' ')).toHaveLength(20);
  expect(response.output[0]).toMatchObject({ status: 'incomplete' });
});

test('an answer that a filter ended is incomplete and says why', async () => {
  await needsScriptedResponses();
  const { mark } = newOperation({ say: 'half of it', finish: 'content_filter' });
  const response = await caller().responses.create({ model, input: `Hi ${mark}` });
  expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'content_filter' } });
});

test('a refusal of the model is a part of its own, and no text', async () => {
  await needsScriptedResponses();
  const { mark } = newOperation({ refuse: 'I cannot do that.' });
  const response = await caller().responses.create({ model, input: `Hi ${mark}` });
  expect(response.output_text).toBe('');
  expect(response.output).toMatchObject([
    { type: 'message', content: [{ type: 'refusal', refusal: 'I cannot do that.' }] },
  ]);
});

test('a model that has too much to do is a RateLimitError with its time to wait', async () => {
  await needsScriptedResponses();
  const { mark } = newOperation({ status: 429, retry_after: 7 });
  const failure = await caller()
    .responses.create({ model, input: `Hi ${mark}` })
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RateLimitError);
  expect((failure as RateLimitError).headers.get('retry-after')).toBe('7');
});

test('a model that breaks off is an error, never half an answer', async () => {
  await needsScriptedResponses();
  const { id, mark } = newOperation({ tokens: 40, cut: 12 });
  const { status, body } = await ask('POST', '/responses', { model, input: `Hi ${mark}` });
  await waitForJournal(id, 'fault');
  if (status === 200) expect(body).toMatchObject({ status: 'failed', error: { code: 'server_error' } });
  else expect(body.error.message).toEqual(expect.any(String));
  expect([200, 500, 502, 503]).toContain(status);
});

test('a model that nobody has is a 404 or 400 that names it', async () => {
  const failure = await caller()
    .responses.create({ model: 'no-such-model', input: 'Hi' })
    .catch((error: unknown) => error);
  expect([NotFoundError, BadRequestError].some((kind) => failure instanceof kind)).toBe(true);
  expect(failure).toMatchObject({
    code: 'model_not_found',
    message: expect.stringContaining('no-such-model'),
  });
});
