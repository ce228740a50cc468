import { createHash } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { chunksOf, postForStream, textOf } from '../../harness/suite/event-stream.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { unlessKnown } from '../../harness/suite/known-failure.ts';
import { needsListed } from '../../harness/suite/offered/listed-model.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { apiUrl, caller, ownKey } from '../../harness/suite/responses/caller.ts';
import { storeOf } from '../../harness/suite/responses/filled-store.ts';
import {
  responseIn,
  streamResponse,
  textIn,
  typesIn,
} from '../../harness/suite/responses/response-stream.ts';
import { skip } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';

/** The gateway's way to the scripted provider through LiteLLM. */
const model = process.env.MODEL || 'scripted';

beforeAll(() => {
  service('litellm');
});
beforeEach(async () => {
  service('litellm');
  await needs('responses');
  await needsListed(model);
});

const itemsOf = (output: readonly { type: string }[]) => output.map(({ type }) => type);

/** The key with which LiteLLM, and nobody else, asks the provider. */
const keyOfLitellm = createHash('sha256').update('Bearer unused').digest('hex');

/** Asks for a stream, which must have gone through LiteLLM and keep the grammar. */
async function streamed(mark: string, id: string, more: object = {}) {
  const seen = await streamResponse({ model, input: `Hi ${mark}`, ...more });
  expect((await journalOf(id)).map(({ keySha256 }) => keySha256)).toEqual([keyOfLitellm]);
  expect(seen.findings).toEqual([]);
  return seen;
}

// covers 002/reasoning-events
test('thoughts come through LiteLLM as a reasoning item of their own, put together by the official client', async () => {
  const { id, mark } = newOperation({ think: 'first this, then that', say: 'the answer' });
  const seen = await streamed(mark, id);
  expect(itemsOf(responseIn(seen.events).output)).toEqual(['reasoning', 'message']);
  expect(textIn(seen.events)).toBe('the answer');
  const again = await caller()
    .responses.stream({ model, input: `Hi ${mark}` })
    .finalResponse();
  expect(itemsOf(again.output)).toEqual(['reasoning', 'message']);
  expect(JSON.stringify(again.output[0])).toContain('first this, then that');
  expect(again.output_text).toBe('the answer');
});

// covers 002/reasoning-events
test('a summary of thoughts comes through LiteLLM where the gateway summarises', async () => {
  const { id, mark } = newOperation({ think: 'first this, then that', say: 'the answer' });
  const seen = await streamed(mark, id, { reasoning: { summary: 'auto' } });
  const summary = seen.events.filter(({ type }) => type.startsWith('response.reasoning_summary'));
  if (summary.length === 0)
    skip('this gateway summarises no thoughts: it streams them as they are', 'not_offered');
  expect(typesIn(summary)).toEqual([
    'response.reasoning_summary_part.added',
    'response.reasoning_summary_text.delta',
    'response.reasoning_summary_text.done',
    'response.reasoning_summary_part.done',
  ]);
  expect(summary.map(({ delta }) => delta ?? '').join('')).toBe('first this, then that');
});

// covers 002/reasoning-content
test('without thoughts there is no reasoning behind LiteLLM, not even an empty item', async () => {
  const { id, mark } = newOperation({ say: 'the answer' });
  const seen = await streamed(mark, id);
  expect(typesIn(seen.events).filter((type) => type.includes('reasoning'))).toEqual([]);
  expect(itemsOf(responseIn(seen.events).output)).toEqual(['message']);
});

/** A chat completion as it streams through gateway and LiteLLM. */
const chat = (mark: string) =>
  postForStream({
    url: `${apiUrl()}/chat/completions`,
    headers: { authorization: `Bearer ${ownKey()}` },
    body: { model, messages: [{ role: 'user', content: `Hi ${mark}` }], stream: true },
  });

/** What was thought in the chunks of a chat. */
const thoughtsIn = (chunks: readonly object[]) =>
  chunks.flatMap((chunk) => {
    const { choices } = chunk as { choices?: { delta?: { reasoning_content?: string | null } }[] };
    return choices?.[0]?.delta?.reasoning_content ?? [];
  });

// covers 002/reasoning-content
test('chunks of a chat keep reasoning_content through LiteLLM, and have none where nothing was thought', async () => {
  const thinking = await chat(newOperation({ think: 'look there', say: 'the answer' }).mark);
  expect(thoughtsIn(chunksOf(thinking)).join('')).toBe('look there');
  expect(textOf(thinking)).toBe('the answer');
  const plain = await chat(newOperation({ say: 'the answer' }).mark);
  expect(thoughtsIn(chunksOf(plain))).toEqual([]);
  expect(textOf(plain)).toBe('the answer');
});

/** It drops delta.refusal from streams: what was refused ends as a message without a word. */
const lostRefusal = {
  ...{ bug: 'litellm-stream-refusal', service: 'litellm', version: '1.106.2' },
  says: /Expected value: +"response.refusal.done"/,
};

// covers 002/refusal-events
test('a refusal comes through LiteLLM as a refusal, without an event of text', async () => {
  const { id, mark } = newOperation({ refuse: 'I cannot do that.' });
  const seen = await streamed(mark, id);
  await unlessKnown(lostRefusal, async () => {
    const types = typesIn(seen.events);
    expect(types).toContain('response.refusal.done');
    expect(types.filter((type) => type.includes('output_text'))).toEqual([]);
    expect(responseIn(seen.events).output).toMatchObject([
      { content: [{ type: 'refusal', refusal: 'I cannot do that.' }] },
    ]);
  });
});

// covers 002/annotation-events
test('citations come through LiteLLM as annotations of the text', async () => {
  const { id, mark } = newOperation({ say: 'as told', cite: 'https://example.org/a' });
  const seen = await streamed(mark, id);
  const told = seen.events.filter(({ type }) => type === 'response.output_text.annotation.added');
  expect(told).toMatchObject([
    { annotation_index: 0, annotation: { type: 'url_citation', url: 'https://example.org/a' } },
  ]);
});

// covers 002/file-search-events
test.each([
  ['a store that has the answer', 'The lighthouse keeper counts ships every evening.'],
  ['an empty store', ''],
])('a search of %s streams its phases and an answer of a model behind LiteLLM', async (_, text) => {
  await needs('vector-stores');
  const texts = text === '' ? [] : [text];
  const { store } = await storeOf(...texts);
  const seen = await streamResponse({
    model,
    input: 'Search the files: who counts ships?',
    tools: [{ type: 'file_search', vector_store_ids: [store] }],
    tool_choice: 'required',
    include: ['file_search_call.results'],
  });
  expect(seen.findings).toEqual([]);
  const phases = seen.events.filter(({ type }) => type.startsWith('response.file_search_call.'));
  expect(phases.map(({ type }) => type)).toEqual([
    'response.file_search_call.in_progress',
    'response.file_search_call.searching',
    'response.file_search_call.completed',
  ]);
  const { output } = responseIn(seen.events);
  expect(itemsOf(output)).toEqual(['file_search_call', 'message']);
  expect(output[0]).toMatchObject({ status: 'completed', results: texts.map(() => expect.anything()) });
});
