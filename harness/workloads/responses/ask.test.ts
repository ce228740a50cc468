import { expect, test } from '@jest/globals';
import type { Client, ClientRequest, StreamAnswer, StreamRequest } from '../workload.ts';
import { answered, resumed, streamed } from './ask.ts';
import type { ResponsesRun } from './run.ts';

const run = { headers: { authorization: 'Bearer sk-a' } } as unknown as ResponsesRun;
const headers = { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' };
const response = (more: object = {}) => ({
  id: 'resp_1',
  status: 'completed',
  output: [{ content: [{ text: 'one two' }] }],
  usage: { input_tokens: 3, output_tokens: 2 },
  ...more,
});
const events = [
  { type: 'response.created', response: { id: 'resp_1' } },
  { type: 'response.output_text.delta', delta: 'one ' },
  { type: 'response.output_text.delta', delta: 'two' },
  { type: 'response.completed', response: response() },
];

/** A client to which the subject answers with JSON, and with streams of these events. */
function clientOf(body: object, streams: (path: string) => readonly object[] = () => events, status = 200) {
  const asked: ClientRequest[] = [];
  const read = ({ path, frame }: StreamRequest): StreamAnswer => {
    const data = streams(path).map((event) => JSON.stringify(event));
    const frames = data.flatMap((each, at) => {
      const seen = frame?.(each, undefined);
      return seen ? [{ at, ...seen }] : [];
    });
    const text = data.map((each) => `data: ${each}\n\n`).join('');
    return { status: 200, headers, text, json: () => ({}) as never, frames, endedCleanly: true };
  };
  const client: Client = {
    request: async (request) => {
      asked.push(request);
      return { status, headers, text: JSON.stringify(body), json: <T>() => body as T };
    },
    stream: async (request) => {
      asked.push(request);
      return read(request);
    },
  };
  return { client, asked };
}
const usage = { promptTokens: 3, completionTokens: 2 };

test('a completed response is its text and its usage', async () => {
  const { client, asked } = clientOf(response());
  expect(await answered(client, { input: 'Hi' }, run)).toEqual({
    type: 'ok',
    status: 200,
    value: 'one two',
    usage,
  });
  expect(asked).toMatchObject([{ path: '/v1/responses', headers: { authorization: 'Bearer sk-a' } }]);
});

test('a response that says that it is not whole is no answer', async () => {
  const { client } = clientOf(response({ status: 'incomplete' }));
  expect(await answered(client, {}, run)).toMatchObject({
    type: 'unknown',
    error: 'the response is incomplete',
  });
});

test('a refusal did nothing', async () => {
  const { client } = clientOf({ error: {} }, undefined, 400);
  expect(await answered(client, {}, run)).toMatchObject({ type: 'fail', status: 400 });
});

test('a stream is the text of its deltas, complete with its terminal event', async () => {
  const { client } = clientOf({});
  expect(await streamed(client, {}, run)).toMatchObject({
    type: 'ok',
    value: 'one two',
    usage,
    stream: { complete: true, endedCleanly: true },
  });
});

test('a stream that fails, or ends without a word, is not complete', async () => {
  const failure = { type: 'response.failed', response: { error: { message: 'it broke off' } } };
  const failed = clientOf({}, () => [...events.slice(0, 2), failure]);
  expect(await streamed(failed.client, {}, run)).toMatchObject({
    type: 'unknown',
    error: 'it broke off',
    stream: { complete: false },
  });
  const ended = clientOf({}, () => events.slice(0, 2));
  expect(await streamed(ended.client, {}, run)).toMatchObject({
    type: 'unknown',
    error: 'the stream ended without its end',
  });
});

const replay = (path: string) => events.slice(Number(/starting_after=(\d+)/.exec(path)?.[1] ?? -1) + 1);

test.each([1, 2, 3, 4])('a stream resumed behind its event %i is the whole text once', async (kept) => {
  const { client, asked } = clientOf(response({ status: 'queued' }), replay);
  expect(await resumed(client, {}, kept, run)).toMatchObject({ type: 'ok', value: 'one two' });
  expect(asked.map(({ path }) => path)).toEqual([
    '/v1/responses',
    '/v1/responses/resp_1?stream=true',
    `/v1/responses/resp_1?stream=true&starting_after=${kept - 1}`,
  ]);
});

test('a stream that is resumed with one event too many or too few shows it', async () => {
  const later = clientOf(response({ status: 'queued' }), (path) =>
    path.includes('starting_after') ? events.slice(3) : events,
  );
  expect(await resumed(later.client, {}, 2, run)).toMatchObject({ value: 'one ' });
  const earlier = clientOf(response({ status: 'queued' }), () => events);
  expect(await resumed(earlier.client, {}, 2, run)).toMatchObject({ value: 'one one two' });
});
