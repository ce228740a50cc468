import { expect, test } from '@jest/globals';
import { checkerOf } from '../history/checkers.ts';
import type { FrameSeen } from '../history/events.ts';
import type { FaultStep } from '../plan/plan.ts';
import { chat, chatBody, chatChecks, stream } from './chat-call.ts';
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

test('an error with 200 is what the client got for an answer, and no stream where one was asked for has an end', async () => {
  const error = { error: { message: 'no model' } };
  const refused = { ...bodyOf(error), text: JSON.stringify(error) };
  expect(await chat(clientOf(refused), {})).toMatchObject({
    type: 'ok',
    value: '{"error":{"message":"no model"}}',
  });
  const json = { 'content-type': 'application/json', 'content-length': '9' };
  expect(await streamed({ headers: json, frames: [] })).toMatchObject({
    type: 'unknown',
    stream: { complete: false, endedCleanly: true },
  });
});

test('what is going to be hung up or waited for is slow, before its first frame too', () => {
  const step = { kind: 'operation', id: 'o1', client: 1, name: 'stream', args: {} } as const;
  const operation = { id: 'o1-ab', step, name: 'stream', key: '', mark: '[[op=o1-ab]]' };
  const under = (...faults: readonly Omit<FaultStep, 'kind' | 'id'>[]) => {
    const steps = [step, ...faults.map((fault, at) => ({ kind: 'fault' as const, id: `f${at}`, ...fault }))];
    const plan = { version: 1, workload: '', seed: 0, clients: 1, phases: [{ steps }] } as const;
    return JSON.stringify(chatBody(operation, 'm', plan));
  };
  const abort = { on: 'client', action: 'abort', operation: 'o1' } as const;
  const kill = {
    on: 'worker',
    action: 'kill',
    service: 's',
    worker: { serves: 'o1' },
    revertAfterMs: 1,
  } as const;
  expect(under()).toContain(' tps=100]]');
  expect(under({ fault: { ...abort, afterFrames: 0 } })).toContain(' ttft=2500 tps=3]]');
  expect(under({ fault: { ...abort, afterFrames: 2 } })).toContain(' tps=3]]');
  expect(under({ fault: kill })).toContain(' tps=20]]');
  expect(under({ fault: { ...kill, worker: 1 }, when: { operation: 'o1', afterFrames: 2 } })).toContain(
    ' tps=20]]',
  );
});
