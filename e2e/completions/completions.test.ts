import { beforeEach, expect, test } from '@jest/globals';
import axios from 'axios';
import OpenAI from 'openai';
import { cliModel } from '../../harness/suite/chat.ts';
import { doneCount, postForStream } from '../../harness/suite/event-stream.ts';
import { journalOf, waitForJournal } from '../../harness/suite/journal.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { type Directives, newOperation } from '../../harness/suite/operation.ts';
import { needsModel } from '../../harness/suite/setup/model.ts';
import { service } from '../../harness/suite/stack.ts';

const model = 'scripted-direct';
const url = () => `${service('gateway').url}/v1/completions`;
const client = () =>
  new OpenAI({ baseURL: `${service('gateway').url}/v1`, apiKey: 'unused', maxRetries: 0, timeout: 30_000 });
const post = async (body: object) => {
  const { status, data, headers } = await axios.post(url(), body, {
    timeout: 30_000,
    validateStatus: () => true,
  });
  return { status, data, headers };
};

beforeEach(async () => {
  await needs('completions');
  await needsModel(model);
});

const saying = (say: string, more: Directives = {}) => newOperation({ say, ...more });

test('the official client gets a text completed', async () => {
  const completion = await client().completions.create({ model, prompt: `Go on ${saying('and on').mark}` });
  expect(completion).toMatchObject({ object: 'text_completion', choices: [{ index: 0, text: 'and on' }] });
  expect(completion.usage?.completion_tokens).toBe(2);
});

test('a stream of the official client joins to the whole text, once per choice', async () => {
  const { mark } = saying('one two three four');
  const prompt = `Go on ${mark}`;
  const whole = await client().completions.create({ model, prompt, n: 2 });
  const texts = ['', ''];
  const stream = await client().completions.create({ model, prompt, n: 2, stream: true });
  for await (const { choices } of stream) for (const { index, text } of choices) texts[index] += text;
  expect(texts).toEqual(whole.choices.map(({ text }) => text));
  expect(texts[0]).toBe('one two three four');
});

test('a stream tells its tokens when it is asked to, and ends once', async () => {
  const { mark } = saying('one two');
  const body = { model, prompt: `Go on ${mark}`, stream: true, stream_options: { include_usage: true } };
  const stream = await postForStream({ url: url(), body });
  const usage = stream.data.filter((data) => data !== '[DONE]').map((data) => JSON.parse(data).usage);
  expect(usage.at(-1)).toMatchObject({ completion_tokens: 2 });
  expect(usage.slice(0, -1).every((each) => each === null)).toBe(true);
  expect(doneCount(stream)).toBe(1);
});

test('echo puts the prompt before the text, and probabilities cover both', async () => {
  const { mark } = saying('yes');
  const { data } = await post({ model, prompt: `Go on ${mark}`, echo: true, logprobs: 2 });
  const [{ text, logprobs }] = data.choices;
  expect(text).toBe(`Go on ${mark}yes`);
  expect(logprobs.tokens.join('')).toBe(text);
  expect(logprobs.token_logprobs).toHaveLength(logprobs.tokens.length);
  expect(Object.keys(logprobs.top_logprobs[0])).toHaveLength(2);
});

test('each prompt of a list has its choices, in order', async () => {
  const { data } = await post({ model, prompt: ['alpha', 'beta'], echo: true, n: 2 });
  const begins = data.choices.map(({ text }: { text: string }) =>
    text.startsWith('alpha') ? 'alpha' : 'beta',
  );
  expect(begins).toEqual(['alpha', 'alpha', 'beta', 'beta']);
  expect(data.choices.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2, 3]);
});

test('every parameter reaches the model', async () => {
  const { id, mark } = saying('yes');
  const options = { suffix: 'end', best_of: 3, n: 1, logprobs: 1, temperature: 0, seed: 7, max_tokens: 5 };
  const { status } = await post({
    model,
    prompt: `Hi ${mark}`,
    ...options,
    stop: ['\n'],
    logit_bias: { '5': 1 },
  });
  expect(status).toBe(200);
  const [entry] = await journalOf(id);
  expect(entry?.parameters).toMatchObject({
    suffix: 'end',
    best_of: 3,
    logprobs: 1,
    temperature: 0,
    seed: 7,
  });
  expect(JSON.parse(entry?.structures?.stop ?? '')).toEqual(['\n']);
  expect(JSON.parse(entry?.structures?.logit_bias ?? '')).toEqual({ '5': 1 });
});

test('stop sequences and the bound on tokens are kept, and the answer says which it was', async () => {
  const { mark } = newOperation({ tokens: 30 });
  const [cut, stopped] = await Promise.all([
    post({ model, prompt: `Hi ${mark}`, max_tokens: 4 }),
    post({ model, prompt: `Hi ${mark}`, stop: ' w3' }),
  ]);
  expect(cut.data.choices[0]).toMatchObject({ finish_reason: 'length' });
  expect(cut.data.choices[0].text.trim()).toBe('w1 w2 w3 w4');
  expect(stopped.data.choices[0]).toMatchObject({ finish_reason: 'stop', text: 'w1 w2' });
});

test('a stream that breaks off at the model is never shown as complete', async () => {
  const { mark } = newOperation({ tokens: 20, cut: 5 });
  const stream = await postForStream({
    url: url(),
    body: { model, prompt: `Hi ${mark}`, stream: true, max_tokens: 50 },
  });
  expect(doneCount(stream)).toBe(0);
  expect(JSON.parse(stream.data.at(-1) ?? '').error).toBeDefined();
});

test('leaving a stream ends the request at the model', async () => {
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const stream = await client().completions.create({
    model,
    prompt: `Hi ${mark}`,
    stream: true,
    max_tokens: 2_000,
  });
  for await (const chunk of stream) if (chunk.choices[0]?.text) break;
  expect((await waitForJournal(id, 'hungup')).framesSent).toBeLessThan(500);
});

test('a refusal of the model keeps its status and how long to wait', async () => {
  const { mark } = newOperation({ status: 429, retry_after: 7 });
  const { status, headers } = await post({ model, prompt: `Hi ${mark}` });
  expect([status, headers['retry-after']]).toEqual([429, '7']);
});

test.each([
  ['a prompt that is an object', { prompt: { text: 'a' } }],
  ['more answers than are chosen from', { prompt: 'a', n: 3, best_of: 2 }],
  ['six probabilities', { prompt: 'a', logprobs: 6 }],
  ['no answer', { prompt: 'a', n: 0 }],
  ['an echo in words', { prompt: 'a', echo: 'yes' }],
  ['a temperature of 3', { prompt: 'a', temperature: 3 }],
  ['five stop sequences', { prompt: 'a', stop: ['1', '2', '3', '4', '5'] }],
])('%s is refused with 400 or 422', async (_, body) => {
  const { status } = await post({ model, ...body });
  expect([400, 422]).toContain(status);
});

test('an agent, which answers chats only, says so', async () => {
  const { status, data } = await post({ model: cliModel, prompt: 'a' });
  expect([400, 403, 404, 422]).toContain(status);
  convention('gateway', 'the error names the model as what is wrong', () => {
    expect(data.error).toMatchObject({ code: 'model_not_supported', param: 'model' });
  });
});
