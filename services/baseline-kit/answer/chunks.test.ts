import { expect, test } from '@jest/globals';
import type { Answer, AnswerEvent } from './answer-event.ts';
import { chunksOf } from './chunks.ts';
import { collectCompletion } from './completion.ts';

const identity = { id: 'chatcmpl-1', created: 1, model: 'baseline' };
const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };

function answer(events: readonly AnswerEvent[], failure?: Error): Answer {
  return {
    metadata: { using_agent: true },
    events: (async function* () {
      yield* events;
      if (failure !== undefined) throw failure;
    })(),
  };
}

const whole: readonly AnswerEvent[] = [
  { kind: 'reasoning', text: 'Thinking.\n' },
  { kind: 'content', text: 'Hello' },
  { kind: 'content', text: ' you' },
  { kind: 'end', finishReason: 'stop', usage },
];

async function collect(events: readonly AnswerEvent[], includeUsage = false, failure?: Error) {
  const sent: unknown[] = [];
  let thrown: unknown;
  try {
    for await (const data of chunksOf(answer(events, failure), identity, includeUsage)) sent.push(data);
  } catch (error) {
    thrown = error;
  }
  return {
    sent: sent as { choices: { delta: object; finish_reason?: string }[]; metadata?: object }[],
    thrown,
  };
}

test('a stream is role with metadata, pieces in order, finish reason, [DONE]', async () => {
  const { sent, thrown } = await collect(whole);
  expect(thrown).toBeUndefined();
  expect(sent.at(-1)).toBe('[DONE]');
  expect(sent[0]?.metadata).toEqual({ using_agent: true });
  expect(sent.slice(0, -1).map((chunk) => chunk.choices[0]?.delta)).toEqual([
    { role: 'assistant' },
    { reasoning_content: 'Thinking.\n' },
    { content: 'Hello' },
    { content: ' you' },
    {},
  ]);
  expect(sent.at(-2)?.choices[0]?.finish_reason).toBe('stop');
});

test('usage comes between finish reason and [DONE], when asked for only', async () => {
  const { sent } = await collect(whole, true);
  expect(sent.at(-2)).toMatchObject({ choices: [], usage });
  expect(sent.at(-3)?.choices[0]?.finish_reason).toBe('stop');
});

test('an answer that fails on the way gets neither finish reason nor [DONE]', async () => {
  const { sent, thrown } = await collect(whole.slice(0, 2), true, new Error('cut'));
  expect(thrown).toEqual(new Error('cut'));
  expect(sent).toHaveLength(3);
  expect(sent.some((chunk) => chunk.choices[0]?.finish_reason)).toBe(false);
});

test('an answer without an end is truncated, in a stream and in JSON', async () => {
  const { sent, thrown } = await collect(whole.slice(0, 2));
  expect(thrown).toMatchObject({ statusCode: 502, body: { error: { code: 'upstream_truncated' } } });
  expect(sent).not.toContain('[DONE]');
  await expect(collectCompletion(answer(whole.slice(0, 2)), identity)).rejects.toMatchObject({
    statusCode: 502,
  });
});

test('a completion joins content and reasoning', async () => {
  expect(await collectCompletion(answer(whole), identity)).toMatchObject({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [
      {
        message: { role: 'assistant', content: 'Hello you', reasoning_content: 'Thinking.\n' },
        finish_reason: 'stop',
      },
    ],
    usage,
  });
});

test('a completion joins the fragments of each tool call', async () => {
  const completion = await collectCompletion(
    answer([
      {
        kind: 'tool_calls',
        deltas: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{"x"' } }],
      },
      {
        kind: 'tool_calls',
        deltas: [{ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } }],
      },
      { kind: 'tool_calls', deltas: [{ index: 0, function: { arguments: ':1}' } }] },
      { kind: 'end', finishReason: 'tool_calls' },
    ]),
    identity,
  );
  expect(completion.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      content: null,
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
        { id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } },
      ],
    },
  });
});
