import { expect, test } from '@jest/globals';
import { checkerOf } from '../history/checkers.ts';
import type { FrameSeen } from '../history/events.ts';
import { chat, chatChecks, stream } from './chat-call.ts';
import type { Answer, Client, StreamAnswer } from './workload.ts';

const headers = { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' };
const text = (word: string): FrameSeen => ({ at: 1, text: word });
const whole: StreamAnswer = {
  status: 200,
  headers,
  text: '',
  json: () => ({}) as never,
  frames: [text('one '), text('two'), { at: 2, done: true }],
  endedCleanly: true,
};

/** A client to which the subject gives this answer. */
const clientOf = (answer: Partial<StreamAnswer>): Client => ({
  request: async () => ({ ...whole, ...answer }),
  stream: async () => ({ ...whole, ...answer }),
});
const streamed = (answer: Partial<StreamAnswer> = {}) => stream(clientOf(answer), {});
const bodyOf = (body: object): Partial<Answer> => ({ json: <T>() => body as T });

test('a stream with its end is the answer, with the tokens that it says it took', async () => {
  const told = 'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}\n\ndata: [DONE]\n\n';
  expect(await streamed({ text: told })).toEqual({
    type: 'ok',
    status: 200,
    value: 'one two',
    stream: { frames: whole.frames, complete: true, endedCleanly: true },
    usage: { promptTokens: 3, completionTokens: 2 },
  });
});

test('a body that ends without a word is kept as what it is', async () => {
  expect(await streamed({ frames: [text('one ')] })).toMatchObject({
    type: 'unknown',
    error: 'the stream ended without its end',
    stream: { complete: false, endedCleanly: true },
  });
  expect(await streamed({ frames: [text('one ')], endedCleanly: false })).toMatchObject({
    error: 'the connection broke',
    stream: { endedCleanly: false },
  });
  expect(await streamed({ frames: [{ at: 1, error: 'model died' }] })).toMatchObject({ error: 'model died' });
});

test('how a body ended is not told where its framing cannot tell, nor of what is no event stream', async () => {
  const untilClosed = { 'content-type': 'text/event-stream', connection: 'close' };
  const json = { 'content-type': 'application/json', 'content-length': '9' };
  for (const other of [untilClosed, json]) {
    const { stream: seen } = await streamed({ headers: other, frames: [text('one ')] });
    expect(seen).not.toHaveProperty('endedCleanly');
  }
});

test('frames that came before the time was over stay', async () => {
  expect(await streamed({ frames: [text('one ')], endedCleanly: false, timedOut: true })).toEqual({
    type: 'unknown',
    status: 200,
    timedOut: true,
    error: 'no end in time',
    stream: { frames: [text('one ')], complete: false },
  });
});

test('a whole answer has its text and its tokens', async () => {
  const choices = [{ message: { content: 'one two' } }];
  const usage = { prompt_tokens: 3, completion_tokens: 2 };
  expect(await chat(clientOf(bodyOf({ choices, usage })), {})).toMatchObject({
    type: 'ok',
    value: 'one two',
    usage: { promptTokens: 3, completionTokens: 2 },
  });
  expect(await chat(clientOf(bodyOf({ choices, usage: null })), {})).not.toHaveProperty('usage');
});

test('the checks of chats are ones that there are', () => {
  for (const check of chatChecks) expect(checkerOf(check).name).toBe(check.checker);
});
