/** @provider any */
import { beforeAll, expect, test } from '@jest/globals';
import { requireEnvironment, skip } from '../../harness/suite/skip.ts';
import { allLines, type Line, ollamaUrl, post, sentence, textOf, whole } from './ollama-tiny.ts';

/** A model of some gigabytes. */
const pullBoundMs = 900_000;

let url: string;
const messages = [{ role: 'user', content: 'Tell me a story' }];
const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const weatherCall = { function: { name: 'get_weather', arguments: { city: 'Paris' } } };

beforeAll(() => {
  url = ollamaUrl();
});

// covers 000/live-ollama
test('chat and generate write one object per line, each a piece, and the last with the counts', async () => {
  const prompt = 'Tell me one story';
  const [chat, generated] = await Promise.all([
    allLines(`${url}/api/chat`, { model: 'tiny', messages: [{ role: 'user', content: prompt }] }),
    allLines(`${url}/api/generate`, { model: 'tiny', prompt }),
  ]);
  for (const answer of [chat, generated]) {
    expect(textOf(answer).trim()).toBe(sentence);
    expect(answer.length).toBeGreaterThan(sentence.split(' ').length);
    expect(answer.map(({ done }) => done)).toEqual([...answer.slice(1).map(() => false), true]);
    // Each character is a token, before them the beginning and the space that SentencePiece puts first (three bytes).
    const spaces = prompt.split(' ').length - 1;
    const prompted = 1 + 3 + (prompt.length - spaces) + 3 * spaces;
    const counts = { prompt_eval_count: prompted, eval_count: sentence.split(' ').length + 1 };
    expect(answer.at(-1)).toMatchObject({ done_reason: 'stop', ...counts });
  }
});

// covers 000/live-ollama
test('an answer in one piece says the same, ends where it is told to, and a wrong question is refused', async () => {
  const [chat, short, stopped, raw, unknown, broken] = await Promise.all([
    whole(`${url}/api/chat`, { model: 'tiny', messages }),
    whole(`${url}/api/generate`, { model: 'tiny', prompt: 'Hi', options: { num_predict: 4 } }),
    whole(`${url}/api/generate`, { model: 'tiny', prompt: 'Hi', options: { stop: ['fox'] } }),
    whole(`${url}/api/generate`, { model: 'tiny', prompt: 'What sleeps under a', raw: true }),
    post(`${url}/api/chat`, { model: 'huge', messages }),
    fetch(`${url}/api/chat`, { method: 'POST', body: '{"model": ' }),
  ]);
  expect([chat.message?.content.trim(), chat.done, chat.done_reason]).toEqual([sentence, true, 'stop']);
  expect([short.response?.trim(), short.done_reason]).toEqual(['The quick brown fox', 'length']);
  expect([stopped.response?.trim(), stopped.done_reason]).toEqual(['The quick brown', 'stop']);
  // The model goes on after the one of its words that a prompt can end with.
  expect(raw.response?.trim()).toBe('tree .');
  expect([unknown.status, await unknown.json()]).toEqual([404, { error: "model 'huge' not found" }]);
  expect(broken.status).toBe(400);
});

// covers 000/live-ollama
test('a model that embeds gives texts vectors of length one, in their order, whoever asks', async () => {
  const embed = async (input: unknown) => {
    const answer = await post(`${url}/api/embed`, { model: 'tiny-embed', input });
    return (await answer.json()) as { embeddings: number[][]; prompt_eval_count: number };
  };
  const [several, one, old, refused] = await Promise.all([
    embed(['ab', 'ba', 'cb', '']),
    embed('ab'),
    post(`${url}/api/embeddings`, { model: 'tiny-embed', prompt: 'ab' }),
    post(`${url}/api/chat`, { model: 'tiny-embed', messages }),
  ]);
  const [ab = [], ba = [], cb = []] = several.embeddings;
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  // The model takes the last letter of a text, and letters share nothing.
  expect([dot(ab, ab), dot(ab, ba), dot(ab, cb)].map((value) => Math.round(value * 1e4) / 1e4)).toEqual([
    1, 0, 1,
  ]);
  expect(ab).toHaveLength(64);
  expect(one.embeddings).toEqual([ab]);
  const { embedding } = (await old.json()) as { embedding: number[] };
  expect(dot(embedding, ab) / Math.sqrt(dot(embedding, embedding))).toBeCloseTo(1, 4);
  expect([refused.status, await refused.json()]).toEqual([
    400,
    { error: expect.stringContaining('does not support chat') },
  ]);
});

// covers 000/live-ollama
test('a tool is called with its arguments, streamed or not, and its result is answered with text', async () => {
  const asked = { model: 'tiny-tools', messages, tools: [weather] };
  const result = [
    ...messages,
    { role: 'assistant', content: '', tool_calls: [weatherCall] },
    { role: 'tool', tool_name: 'get_weather', content: 'sunny' },
  ];
  const [piece, streamed, answered, without, unable] = await Promise.all([
    whole(`${url}/api/chat`, asked),
    allLines(`${url}/api/chat`, asked),
    whole(`${url}/api/chat`, { ...asked, messages: result }),
    whole(`${url}/api/chat`, { ...asked, tools: [] }),
    post(`${url}/api/chat`, { ...asked, model: 'tiny' }),
  ]);
  expect(piece.message?.tool_calls).toMatchObject([weatherCall]);
  expect(piece.message?.content.trim()).toBe('');
  expect(streamed.flatMap(({ message }) => message?.tool_calls ?? [])).toMatchObject([weatherCall]);
  expect(textOf(streamed).trim()).toBe('');
  expect(answered.message?.content.trim()).toBe('It is sunny in Paris .');
  expect(answered.message?.tool_calls).toBeUndefined();
  // Who gave no tools gets the same words as text.
  const { name, arguments: parameters } = weatherCall.function;
  expect(JSON.parse(without.message?.content ?? '')).toEqual({ name, parameters });
  expect([unable.status, await unable.json()]).toEqual([
    400,
    { error: expect.stringContaining('does not support tools') },
  ]);
});

// covers 000/live-ollama
// covers 000/upstream-streaming
test('an error after the first words is a line of the stream, and no stream that fails is done', async () => {
  const asked = { messages, tools: [weather] };
  const [unfinished, piece, stuck] = await Promise.all([
    post(`${url}/api/chat`, { ...asked, model: 'tiny-unfinished' }),
    post(`${url}/api/chat`, { ...asked, model: 'tiny-unfinished', stream: false }),
    allLines(`${url}/api/chat`, { model: 'tiny-stuck', messages }),
  ]);
  const said = (await unfinished.text()).trim().split('\n');
  const parsed = said.map((line) => JSON.parse(line) as Line);
  const failure = { error: expect.stringMatching(/unexpected end of JSON/) };
  expect(unfinished.status).toBe(200);
  expect(textOf(parsed).trim()).toBe('Let me ask');
  expect(parsed.at(-1)).toEqual(failure);
  expect(parsed.some(({ done }) => done)).toBe(false);
  expect([piece.status, await piece.json()]).toEqual([500, failure]);
  // A model that repeats itself is stopped in the middle, and the stream says so by not being done.
  expect(textOf(stuck).trim().split(' ').length).toBeGreaterThan(20);
  expect(stuck.some(({ done }) => done)).toBe(false);
});

// covers 000/live-ollama
test(
  'a real model answers, where one is named and can be pulled',
  async () => {
    const model = requireEnvironment('OLLAMA_MODEL');
    const error = (await allLines(`${url}/api/pull`, { model }, pullBoundMs)).at(-1)?.error;
    if (error) skip(`${model} cannot be pulled: ${error}`);
    const asked = { model, messages, options: { num_predict: 32 } };
    const answer = await whole(`${url}/api/chat`, asked, pullBoundMs);
    expect(answer.message?.content).toMatch(/\w/);
    expect(answer.eval_count).toBeGreaterThan(0);
  },
  2 * pullBoundMs,
);
