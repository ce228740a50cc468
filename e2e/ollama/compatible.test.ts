/** @provider any */
import Anthropic from '@anthropic-ai/sdk';
import { beforeAll, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { allOf, ollamaUrl, sentence } from './ollama-tiny.ts';

let openai: OpenAI;
let anthropic: Anthropic;
const messages = [{ role: 'user' as const, content: 'Tell me a story' }];
const parameters = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };
const tool = { name: 'get_weather', description: 'Weather of a city' };
const openaiTool = { type: 'function' as const, function: { ...tool, parameters } };
const anthropicTool = { ...tool, input_schema: parameters };

beforeAll(() => {
  const url = ollamaUrl();
  openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'unused', maxRetries: 0, timeout: 60_000 });
  anthropic = new Anthropic({ baseURL: url, apiKey: 'unused', maxRetries: 0, timeout: 60_000 });
});

// covers 000/live-ollama
test('a response comes whole and as events, with one end and its usage', async () => {
  const asked = { model: 'tiny', input: 'Tell me a story' };
  const [response, events, short] = await Promise.all([
    openai.responses.create(asked),
    openai.responses.create({ ...asked, stream: true }).then(allOf),
    openai.responses.create({ ...asked, max_output_tokens: 4 }),
  ]);
  expect([response.output_text.trim(), response.status]).toEqual([sentence, 'completed']);
  expect(response.usage?.output_tokens).toBe(sentence.split(' ').length + 1);
  expect(short.output_text.trim()).toBe('The quick brown fox');
  const deltas = events.flatMap((event) =>
    event.type === 'response.output_text.delta' ? [event.delta] : [],
  );
  expect(deltas.join('').trim()).toBe(sentence);
  expect(deltas.length).toBeGreaterThan(1);
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, at) => at));
  expect(events.filter(({ type }) => type === 'response.completed')).toHaveLength(1);
  expect([events[0]?.type, events.at(-1)?.type]).toEqual(['response.created', 'response.completed']);
});

// covers 000/live-ollama
test('a message comes whole and as events, and says why it ended', async () => {
  const asked = { model: 'tiny', max_tokens: 64, messages };
  const [message, streamed, short] = await Promise.all([
    anthropic.messages.create(asked),
    anthropic.messages.create({ ...asked, stream: true }).then(allOf),
    anthropic.messages.create({ ...asked, max_tokens: 4 }),
  ]);
  expect(message.content).toMatchObject([{ type: 'text', text: expect.stringContaining(sentence) }]);
  expect([message.stop_reason, short.stop_reason]).toEqual(['end_turn', 'max_tokens']);
  expect(message.usage.output_tokens).toBe(sentence.split(' ').length + 1);
  const texts = streamed.flatMap((event) =>
    event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? [event.delta.text] : [],
  );
  expect(texts.join('').trim()).toBe(sentence);
  const types = streamed.map(({ type }) => type).filter((type) => type !== 'content_block_delta');
  const frame = [
    'message_start',
    'content_block_start',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ];
  expect(types).toEqual(frame);
});

// covers 000/live-ollama
test('a tool is called through each of the three ways of others', async () => {
  const model = 'tiny-tools';
  const [chat, chunks, message, response] = await Promise.all([
    openai.chat.completions.create({ model, messages, tools: [openaiTool] }),
    openai.chat.completions.create({ model, messages, tools: [openaiTool], stream: true }).then(allOf),
    anthropic.messages.create({ model, max_tokens: 64, messages, tools: [anthropicTool] }),
    openai.responses.create({
      model,
      input: 'Weather?',
      tools: [{ type: 'function', ...tool, parameters, strict: false }],
    }),
  ]);
  const called = (call: { function?: { name?: string; arguments?: string } } | undefined) => [
    call?.function?.name,
    JSON.parse(call?.function?.arguments ?? 'null'),
  ];
  const wanted = ['get_weather', { city: 'Paris' }];
  const [choice] = chat.choices;
  const [call] = choice?.message.tool_calls ?? [];
  expect([choice?.finish_reason, called(call?.type === 'function' ? call : undefined)]).toEqual([
    'tool_calls',
    wanted,
  ]);
  const deltas = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
  expect(deltas.map(called)).toEqual([wanted]);
  expect(chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])).toEqual(['tool_calls']);
  expect(message.stop_reason).toBe('tool_use');
  expect(message.content.at(-1)).toMatchObject({ type: 'tool_use', name: wanted[0], input: wanted[1] });
  const item = response.output.find(({ type }) => type === 'function_call');
  expect(item?.type === 'function_call' && [item.name, JSON.parse(item.arguments)]).toEqual(wanted);
});

// covers 000/live-ollama
test('embeddings come in the order of the texts, and base64 says the same as numbers', async () => {
  const asked = { model: 'tiny-embed', input: ['ab', 'ba'] };
  const [numbers, packed] = await Promise.all([
    openai.embeddings.create({ ...asked, encoding_format: 'float' }),
    openai.embeddings.create({ ...asked, encoding_format: 'base64' }),
  ]);
  expect(numbers.data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
    [0, 64],
    [1, 64],
  ]);
  const read = packed.data.map(({ embedding }) => {
    const bytes = Buffer.from(embedding as unknown as string, 'base64');
    return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
  });
  for (const [at, vector] of read.entries()) {
    expect(vector.map((value) => value.toFixed(5))).toEqual(
      numbers.data[at]?.embedding.map((value) => value.toFixed(5)),
    );
  }
});

// covers 000/live-ollama
// covers 000/upstream-streaming
test('an answer that fails in the middle has no end of a whole one', async () => {
  const tools = [openaiTool];
  const chunks = async (model: string) => {
    const stream = await openai.chat.completions.create({ model, messages, tools, stream: true });
    return await allOf(stream);
  };
  const anthropicEvents = async () => {
    const asked = {
      model: 'tiny-unfinished',
      max_tokens: 64,
      messages,
      tools: [anthropicTool],
      stream: true as const,
    };
    return await allOf(await anthropic.messages.create(asked)).catch((error: Error) => [error]);
  };
  const [broken, events] = await Promise.all([chunks('tiny-unfinished'), anthropicEvents()]);
  const text = broken.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
  expect(text.trim()).toBe('Let me ask');
  expect(broken.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])).toEqual([]);
  expect(events.map((event) => ('type' in event ? event.type : 'error'))).not.toContain('message_stop');
});
