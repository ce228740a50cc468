import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json as readJson } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import { Agent } from 'undici';
import type { ResponseEvent, ResponseObject } from '../events/response-event.ts';
import { readRequest } from '../request/read-request.ts';
import type { Recorder } from '../store/run-records.ts';
import type { HostedTool } from '../tools/hosted-tool.ts';
import type { ResponseCaller, ResponsesEngine } from './engine.ts';
import { newId } from './new-id.ts';
import type { PreparedResponse } from './prepare.ts';
import { responseBase } from './response-base.ts';
import { runResponse } from './run-response.ts';

const dispatcher = new Agent();
let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => server?.close(done) ?? done(undefined));
  server = undefined;
});

const frame = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const done = 'data: [DONE]\n\n';
const streaming =
  (...frames: readonly string[]): RequestListener =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(frames.join(''));
  };

/** What was recorded, beside the events that were shown by then. */
function recorderOf(shown: readonly ResponseEvent[], ends: () => Promise<boolean> = async () => true) {
  const recorded: { readonly status: string; readonly shown: number }[] = [];
  const recorder: Recorder = {
    begin: async ({ status }) => void recorded.push({ status, shown: shown.length }),
    end: ({ status }) => {
      recorded.push({ status, shown: shown.length });
      return ends();
    },
  };
  return { recorded, recorder };
}

async function setUp(answer: RequestListener, hosted: readonly HostedTool[] = []) {
  server = createServer(answer);
  await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const provider = { id: 'one', baseUrl, models: { m: 'm' } };
  const request = readRequest({ model: 'm', input: 'hi' }, newId);
  const engine = {
    plane: { dispatcher, requestTimeoutMs: 600_000, observe: () => undefined },
    running: new Set(),
    cutOff: new AbortController().signal,
  } as unknown as ResponsesEngine;
  const prepared = {
    request,
    target: { kind: 'provider', model: 'm', providers: [provider] },
    base: responseBase('resp_1', 1, request),
    messages: [{ role: 'user', content: 'hi' }],
    toolbox: { functions: [], hosted, servers: [] },
    toolLists: [],
  } as unknown as PreparedResponse;
  const log = { error: () => undefined, warn: () => undefined, info: () => undefined };
  const caller = { log, signal: new AbortController().signal, requestId: 'r', correlationId: 'c' };
  const run = (recorder: Recorder, waitMs = 5_000) =>
    runResponse(engine, prepared, caller as unknown as ResponseCaller, {
      recorder,
      stream: true,
      waitMs,
    });
  return { run, engine };
}

async function shownBy(
  run: (recorder: Recorder) => AsyncGenerator<ResponseEvent, void>,
  ends?: () => Promise<boolean>,
) {
  const shown: ResponseEvent[] = [];
  const { recorded, recorder } = recorderOf(shown, ends);
  for await (const event of run(recorder)) shown.push(event);
  return { shown, recorded, response: shown.at(-1)?.response as ResponseObject };
}

test('the response is there before its first event, and has ended before its last', async () => {
  const { run } = await setUp(streaming(frame({ content: 'a' }), frame({}, 'stop'), done));
  const { shown, recorded } = await shownBy(run);
  expect(shown.at(-1)?.type).toBe('response.completed');
  expect(recorded).toEqual([
    { status: 'in_progress', shown: 0 },
    { status: 'completed', shown: shown.length - 1 },
  ]);
});

test('a refusal before the first event is thrown with its status, and leaves nothing behind', async () => {
  const { run, engine } = await setUp((_, response) => {
    response.writeHead(429, { 'content-type': 'application/json' });
    response.end('{"error":{"message":"slow down","type":"rate_limit_error","code":"rpm"}}');
  });
  const { recorded, recorder } = recorderOf([]);
  await expect(run(recorder).next()).rejects.toMatchObject({ statusCode: 429 });
  expect([recorded, engine.running.size]).toEqual([[], 0]);
});

test('an upstream that ends without a terminal event is a failure, never an end', async () => {
  const { run } = await setUp(streaming(frame({ content: 'half' })));
  const { shown, recorded, response } = await shownBy(run);
  expect(shown.at(-1)?.type).toBe('response.failed');
  expect(response).toMatchObject({ status: 'failed', error: { code: 'server_error' } });
  expect(recorded.at(-1)?.status).toBe('failed');
});

test.each([
  ['cannot be stored', () => Promise.reject(new Error('no database'))],
  ['is another run’s by now', async () => false],
])('an answer that %s is not told to be complete', async (_, ends) => {
  const { run } = await setUp(streaming(frame({ content: 'a' }), done));
  const { shown, response } = await shownBy(run, ends);
  expect(shown.filter(({ type }) => type === 'response.completed')).toEqual([]);
  expect(response).toMatchObject({ status: 'failed', completed_at: null });
});

test('leaving hangs up on the upstream and ends the response as cancelled', async () => {
  const hungUp = Promise.withResolvers<void>();
  const { run, engine } = await setUp((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(frame({ content: 'a' }));
    response.on('close', () => hungUp.resolve());
  });
  const { recorded, recorder } = recorderOf([]);
  for await (const event of run(recorder)) if (event.type.endsWith('.delta')) break;
  await hungUp.promise;
  expect(recorded.map(({ status }) => status)).toEqual(['in_progress', 'cancelled']);
  expect(engine.running.size).toBe(0);
});

test('leaving hangs up as well on an upstream that has not answered yet', async () => {
  const asked = Promise.withResolvers<void>();
  const hungUp = Promise.withResolvers<void>();
  const { run } = await setUp((_, response) => {
    response.on('close', () => hungUp.resolve());
    asked.resolve();
  });
  for await (const event of run(recorderOf([]).recorder, 20)) {
    await asked.promise;
    if (event.type === 'response.in_progress') break;
  }
  await hungUp.promise;
});

test('a model that calls a tool for ever has to answer in the end, without tools', async () => {
  const offered: number[] = [];
  const tool: HostedTool = {
    tool: { type: 'function', function: { name: 'look' } },
    // biome-ignore lint/correctness/useYield: it has nothing to show
    async *run() {
      return 'nothing';
    },
  };
  const { run } = await setUp(
    async (request, response) => {
      const { tools = [] } = (await readJson(request)) as { readonly tools?: readonly object[] };
      offered.push(tools.length);
      const call = {
        tool_calls: [{ index: 0, id: `c${offered.length}`, function: { name: 'look', arguments: '{}' } }],
      };
      streaming(frame(tools.length > 0 ? call : { content: 'I give up.' }), done)(request, response);
    },
    [tool],
  );
  const { response } = await shownBy(run);
  expect(response.output).toMatchObject([{ type: 'message', content: [{ text: 'I give up.' }] }]);
  expect(offered).toEqual([...Array(11).fill(1), 0]);
});
