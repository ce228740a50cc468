import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { refused } from '../upstream-error.ts';
import { type AnswerOptions, type AnswerOutcome, answerChat } from './answer-chat.ts';
import type { Answer, AnswerEvent } from './answer-event.ts';

const identity = { id: 'chatcmpl-1', created: 1, model: 'baseline' };
const limited = refused(429, { message: 'Slow down', type: 'rate_limit_error', code: 'tpm' }, '7');
const hello: readonly AnswerEvent[] = [
  { kind: 'content', text: 'Hello' },
  { kind: 'end', finishReason: 'stop' },
];

let app: FastifyInstance;
let outcomes: AnswerOutcome[];
let options: AnswerOptions;
let onSettled: (raw: import('node:http').ServerResponse) => void;

beforeEach(async () => {
  outcomes = [];
  onSettled = () => undefined;
  app = fastify();
  app.get('/', async (_request, reply) => {
    await answerChat(reply, options, async (outcome) => {
      outcomes.push(outcome);
      onSettled(reply.raw);
    });
    return reply;
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
});

afterEach(() => app.close());

function ask(begin: AnswerOptions['begin'], over: Partial<AnswerOptions> = {}): Promise<Response> {
  const times = { keepAliveMs: 0, commitMs: 20_000, timeoutMs: 20_000 };
  options = { stream: true, includeUsage: false, identity, ...times, begin, ...over };
  return fetch(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`);
}

async function* eventsOf(events: readonly AnswerEvent[], failure?: Error): AsyncGenerator<AnswerEvent> {
  yield* events;
  if (failure !== undefined) throw failure;
}

const answering = (events: readonly AnswerEvent[], failure?: Error) => async (): Promise<Answer> => ({
  events: eventsOf(events, failure),
});

test.each([true, false])(
  'a refusal before the first piece keeps its status and its retry-after (stream: %s)',
  async (stream) => {
    const answer = await ask(answering([], limited), { stream });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await answer.json()).toMatchObject({ error: { message: 'Slow down', code: 'tpm' } });
    expect(outcomes).toMatchObject([{ kind: 'failed' }]);
  },
);

test('a stream that waits too long for its first piece begins, and a late refusal is its only frame', async () => {
  let refuse: (error: Error) => void = () => undefined;
  const answer = await ask(() => new Promise((_, reject) => (refuse = reject)), { commitMs: 1 });
  expect(answer.status).toBe(200);
  refuse(limited);
  const text = await answer.text();
  expect(text).toMatch(/^data: \{"error":\{"message":"Slow down".*\}\n\n$/);
  expect(outcomes).toMatchObject([{ kind: 'failed' }]);
});

test('a failure behind the first piece ends the stream with an error and without [DONE]', async () => {
  const text = await (await ask(answering(hello.slice(0, 1), limited))).text();
  expect(text).toContain('Hello');
  expect(text).toContain('Slow down');
  expect(text).not.toContain('[DONE]');
});

test('a whole stream keeps all of its pieces', async () => {
  const answer = await ask(answering(hello));
  expect(answer.headers.get('content-type')).toMatch('text/event-stream');
  const text = await answer.text();
  expect(text.match(/"content":"Hello"/g)).toHaveLength(1);
  expect(text.trim()).toMatch(/data: \[DONE\]$/);
  expect(outcomes).toEqual([{ kind: 'complete', text: 'Hello' }]);
});

test('an answer is settled once, even when its last frame finds nobody', async () => {
  onSettled = (raw) => raw.destroy();
  await expect(ask(answering(hello)).then((answer) => answer.text())).rejects.toThrow();
  expect(outcomes).toEqual([{ kind: 'complete', text: 'Hello' }]);
});
