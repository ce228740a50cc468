import { expect, test } from '@jest/globals';
import type { AnswerEvent } from '../../baseline-kit/answer/answer-event.ts';
import { ArrivingBody } from '../../kit/http/arriving-body.ts';
import type { Llm } from './llm.ts';
import { streamCompletion } from './stream.ts';

const piece = (delta: object, rest: object = {}) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, ...rest }] })}\n\n`;
const stop = piece({}, { finish_reason: 'stop' });
const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };

/** Answers with a body of these pieces; `failure` breaks it off after them. */
function llm(pieces: readonly (string | Buffer)[], failure?: Error): Llm {
  const body = new ArrivingBody({ pause: () => undefined, resume: () => undefined }, (why) => body.end(why));
  for (const text of pieces) body.push(Buffer.from(text));
  body.end(failure);
  return { post: async () => body, close: async () => undefined };
}

async function collect(pieces: readonly string[], failure?: Error) {
  const events: AnswerEvent[] = [];
  let thrown: unknown;
  try {
    const signal = new AbortController().signal;
    for await (const event of streamCompletion(llm(pieces, failure), {}, signal)) events.push(event);
  } catch (error) {
    thrown = error;
  }
  return { events, thrown };
}

test('content, finish reason and usage arrive, the end last', async () => {
  const tail = `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`;
  const { events, thrown } = await collect([
    piece({ role: 'assistant' }),
    piece({ content: 'Hi' }),
    stop,
    tail,
  ]);
  expect(thrown).toBeUndefined();
  expect(events).toEqual([
    { kind: 'content', text: 'Hi' },
    { kind: 'end', finishReason: 'stop', usage },
  ]);
});

test('frames and characters may be split anywhere', async () => {
  const bytes = [...Buffer.from(`${piece({ content: 'Grüße' })}${stop}data: [DONE]\n\n`)];
  const single = llm(bytes.map((byte) => Buffer.of(byte)));
  const events: AnswerEvent[] = [];
  for await (const event of streamCompletion(single, {}, new AbortController().signal)) events.push(event);
  expect(events[0]).toEqual({ kind: 'content', text: 'Grüße' });
});

test.each([
  ['before the finish reason', [piece({ content: 'Hi' })]],
  ['after the finish reason, without [DONE]', [piece({ content: 'Hi' }), stop]],
  ['with [DONE] but no finish reason', [piece({ content: 'Hi' }), 'data: [DONE]\n\n']],
])('a stream that ends %s is truncated', async (_, pieces) => {
  const { events, thrown } = await collect(pieces);
  expect(events).toEqual([{ kind: 'content', text: 'Hi' }]);
  expect(thrown).toMatchObject({ statusCode: 502, body: { error: { code: 'upstream_truncated' } } });
});

test('a connection that breaks is truncated as well', async () => {
  const failure = Object.assign(new Error('socket'), { code: 'ECONNRESET' });
  const { events, thrown } = await collect([piece({ content: 'Hi' })], failure);
  expect(events).toHaveLength(1);
  expect(thrown).toMatchObject({ body: { error: { code: 'upstream_truncated' } } });
});

test('what came before an error frame is kept, and the error is passed on', async () => {
  const error = { message: 'Overloaded.', type: 'server_error', code: 'overloaded' };
  const { events, thrown } = await collect([
    `${piece({ content: 'Hi' })}data: ${JSON.stringify({ error })}\n\n`,
  ]);
  expect(events).toEqual([{ kind: 'content', text: 'Hi' }]);
  expect(thrown).toMatchObject({ statusCode: 502, body: { error: { ...error, param: null } } });
});

test('a frame that is no JSON is an invalid answer', async () => {
  const { thrown } = await collect(['data: <html>\n\n']);
  expect(thrown).toMatchObject({ body: { error: { code: 'upstream_invalid_response' } } });
});
