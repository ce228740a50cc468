import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { framesIn, startProvider } from './test-provider.ts';

let close: () => Promise<unknown>;
let ask: Awaited<ReturnType<typeof startProvider>>['ask'];

beforeAll(async () => {
  ({ close, ask } = await startProvider());
});

afterAll(() => close());

/** The message of a whole answer, and the deltas of a streamed one. */
const both = async (content: string, more: object = {}) => {
  const whole = JSON.parse(await (await ask(content, more)).text());
  const frames = framesIn(await (await ask(content, { ...more, stream: true })).text());
  const chunks = frames.slice(0, -1).map((frame) => JSON.parse(frame));
  return {
    ...whole.choices[0],
    usage: whole.usage,
    deltas: chunks.map((chunk) => chunk.choices[0]?.delta ?? {}),
    reason: chunks.at(-1).choices[0].finish_reason,
  };
};
const joined = (deltas: readonly Record<string, string>[], field: string) =>
  deltas.map((delta) => delta[field] ?? '').join('');

test('thinks aloud before the answer, in the field that is asked for', async () => {
  const { message, deltas, usage } = await both('Hi [[think=a_b say=yes]]');
  expect(message).toMatchObject({ reasoning_content: 'a b', content: 'yes' });
  expect(joined(deltas, 'reasoning_content')).toBe('a b');
  expect(deltas.findIndex(({ content }: { content?: string }) => content === 'yes')).toBe(3);
  expect(usage).toMatchObject({ completion_tokens: 3, completion_tokens_details: { reasoning_tokens: 2 } });
  const other = await both('Hi [[think=a_b think_as=reasoning say=yes]]');
  expect(other.message.reasoning_content).toBeUndefined();
  expect(joined(other.deltas, 'reasoning')).toBe('a b');
});

test('without a thought no field of it is there', async () => {
  const { message, deltas, usage } = await both('Hi [[say=yes]]');
  expect(JSON.stringify([message, deltas, usage])).not.toContain('reasoning');
});

test('declines in the words that are asked for, with no content', async () => {
  const { message, deltas, reason } = await both('Hi [[refuse=No_way.]]');
  expect(message).toMatchObject({ refusal: 'No way.', content: null });
  expect(deltas.filter(({ refusal }: { refusal?: string }) => refusal)).toEqual([
    { refusal: 'No ' },
    { refusal: 'way.' },
  ]);
  expect([joined(deltas, 'content'), reason]).toEqual(['', 'stop']);
});

test('cites addresses behind the answer', async () => {
  const { message, deltas } = await both(
    'Hi [[say=as_told cite=https://example.org/a,https://example.org/b]]',
  );
  expect(message.annotations).toHaveLength(2);
  expect(message.annotations[0]).toEqual({
    type: 'url_citation',
    url_citation: { url: 'https://example.org/a', title: 'example.org/a', start_index: 0, end_index: 7 },
  });
  expect(deltas.at(-2)).toEqual({ annotations: message.annotations });
});

test('ends for the reason that is asked for', async () => {
  const filtered = await both('Hi [[say=half finish=content_filter]]');
  expect([filtered.finish_reason, filtered.reason]).toEqual(['content_filter', 'content_filter']);
});

test('calls several tools at once, each with an index and an id of its own', async () => {
  const tools = ['look', 'wait'].map((name) => ({ type: 'function', function: { name } }));
  const { message, deltas } = await both('Hi [[tool=look,wait]]', { tools });
  const calls = message.tool_calls as { id: string; function: { name: string } }[];
  expect(calls.map((call) => call.function.name)).toEqual(['look', 'wait']);
  expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
  const begun = deltas.flatMap(({ tool_calls = [] }: { tool_calls?: { id?: string; index: number }[] }) =>
    tool_calls.filter(({ id }) => id),
  );
  expect(begun.map(({ index }: { index: number }) => index)).toEqual([0, 1]);
});

test('says what came from a cache, at most the whole prompt', async () => {
  expect((await both('one two [[cached=2 say=yes]]')).usage).toMatchObject({
    prompt_tokens: 4,
    prompt_tokens_details: { cached_tokens: 2 },
  });
  const { usage } = await both('one two [[cached=900 say=yes]]');
  expect(usage.prompt_tokens_details.cached_tokens).toBe(usage.prompt_tokens);
  expect((await both('Hi [[say=yes]]')).usage).not.toHaveProperty('prompt_tokens_details');
});

test('names the stop sequence that ended an answer where it is told to, of several the first', async () => {
  const stop = ['two', 'END'];
  const named = await both('Hi [[say=one_END_two names_stop=1]]', { stop });
  expect([named.message.content, named.stop_reason]).toEqual(['one ', 'END']);
  expect(await both('Hi [[say=one_END_two]]', { stop })).not.toHaveProperty('stop_reason');
});
