import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { framesIn, startProvider } from './test-provider.ts';

let provider: Awaited<ReturnType<typeof startProvider>>;

beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());

const post = (path: string, body: object) =>
  fetch(`${provider.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'scripted', ...body }),
  });
const complete = async (body: object) => (await post('/v1/completions', body)).json();

test('goes on with each prompt, echoed if asked, and stops after 16 tokens', async () => {
  const answer = (await complete({ prompt: ['Count to 3', '[[tokens=20]]'], echo: true })) as {
    choices: { index: number; text: string; finish_reason: string }[];
  };
  expect(answer).toMatchObject({ object: 'text_completion' });
  expect(answer.choices.map(({ index }) => index)).toEqual([0, 1]);
  expect(answer.choices[0]?.text).toMatch(/^Count to 3w1 .*w16/);
  expect(answer.choices[0]?.finish_reason).toBe('length');
});

test('streams the same text as it gives whole, with usage and one [DONE]', async () => {
  const body = { prompt: '[[say=one_two_three]]', n: 2, logprobs: 1 };
  const whole = (await complete(body)) as { choices: { text: string }[]; usage: object };
  const streamed = await post('/v1/completions', {
    ...body,
    stream: true,
    stream_options: { include_usage: true },
  });
  const frames = framesIn(await streamed.text());
  const chunks = frames.slice(0, -1).map((frame) => JSON.parse(frame));
  const text = (index: number) =>
    chunks.map(({ choices: [only] }) => (only?.index === index ? only.text : '')).join('');
  expect([text(0), text(1)]).toEqual(whole.choices.map((choice) => choice.text));
  expect(text(0)).not.toBe(text(1));
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
  expect(frames.at(-1)).toBe('[DONE]');
});

test('log probabilities name the tokens of the text and where they stand', async () => {
  const { choices } = (await complete({ prompt: '[[say=one_two]]', logprobs: 2 })) as {
    choices: { logprobs: { tokens: string[]; text_offset: number[]; top_logprobs: object[] } }[];
  };
  const told = choices[0]?.logprobs;
  expect(told?.tokens).toEqual(['one ', 'two']);
  expect(told?.text_offset).toEqual([0, 4]);
  expect(Object.keys(told?.top_logprobs[0] ?? {})).toHaveLength(2);
});

test('a prompt that is no text and no tokens is refused', async () => {
  const answer = await post('/v1/completions', { prompt: { text: 'Hi' } });
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { param: 'prompt' } }]);
});

test('a chat gives as many choices as asked for, each with its tokens and their probabilities', async () => {
  const answer = await provider.ask('[[say=one_two]]', { n: 3, logprobs: true, top_logprobs: 2 });
  const { choices } = (await answer.json()) as {
    choices: { message: { content: string }; logprobs: { content: { top_logprobs: object[] }[] } }[];
  };
  expect(new Set(choices.map(({ message }) => message.content)).size).toBe(3);
  expect(choices[0]?.logprobs.content.map(({ top_logprobs }) => top_logprobs.length)).toEqual([2, 2]);
  const plain = (await (await provider.ask('Hi')).json()) as { choices: { logprobs: unknown }[] };
  expect(plain.choices.map(({ logprobs }) => logprobs)).toEqual([null]);
});

test('answers in the form that was asked for, and notes the form', async () => {
  const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  const response_format = { type: 'json_schema', json_schema: { name: 'place', schema } };
  const answer = await provider.ask('the weather in Rome [[op=form]]', { response_format });
  const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] };
  expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({ city: 'Rome' });
  const entry = await provider.entryOf('form', 'completed');
  expect(JSON.parse(entry.structures?.response_format ?? '')).toEqual(response_format);
});
