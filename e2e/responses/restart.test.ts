/** @alone */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Response } from 'openai/resources/responses/responses';
import { release, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { caller } from '../../harness/suite/responses/caller.ts';
import { openSocket, type ResponseSocket } from '../../harness/suite/responses/response-socket.ts';
import {
  type OpenResponse,
  openResponse,
  responseIn,
  type SeenResponse,
  streamResponse,
} from '../../harness/suite/responses/response-stream.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { restartService } from '../../harness/suite/restart.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { skip } from '../../harness/suite/skip.ts';
import { until } from '../../harness/suite/until.ts';

let model: string;
let said: Response;
let conversation: string | undefined;
let streamed: SeenResponse;
const held = newOperation({ tokens: 6, hold: 3 });
let background: Response;
const slow = newOperation({ tokens: 2_000, tps: 20 });
let underWay: OpenResponse;
let socket: ResponseSocket | undefined;

/** Some of everything, then a restart of all workers. */
beforeAll(async () => {
  await needs('responses');
  await needsScriptedResponses();
  model = await textModel();
  const { responses, conversations } = caller();
  said = await responses.create({ model, input: 'My name is Alice' });
  conversation = await conversations.create().then(
    ({ id }) => id,
    () => undefined,
  );
  if (conversation) await responses.create({ model, input: 'My name is Berta', conversation });
  const { mark } = newOperation({ tokens: 5 });
  streamed = await streamResponse({ model, input: `Hi ${mark}`, background: true });
  background = await responses.create({ model, input: `Hi ${held.mark}`, background: true });
  await waitForJournal(held.id, 'arrived');
  socket = await openSocket().catch(() => undefined);
  underWay = openResponse({ model, input: `Hi ${slow.mark}` });
  await underWay.untilText('w2');
  await restartService('gateway');
}, 180_000);
afterAll(() => socket?.drop());

test('a response is the same after the restart, and goes on', async () => {
  expect(await caller().responses.retrieve(said.id)).toEqual(said);
  const asked = { model, input: 'What is my name?', previous_response_id: said.id };
  expect((await caller().responses.create(asked)).output_text).toContain('Alice');
});

test('a conversation goes on', async () => {
  await needs('conversations');
  const asked = { model, input: 'What is my name?', conversation: conversation ?? 'none' };
  expect((await caller().responses.create(asked)).output_text).toContain('Berta');
});

// covers 001/live-processes-responses
test('the stream of a response is replayed as it was', async () => {
  const path = `/responses/${responseIn(streamed.events).id}?stream=true`;
  expect((await streamResponse(undefined, { path })).events).toEqual(streamed.events);
});

test('a response in the background goes on, or ends as failed: it does not stay in progress', async () => {
  await release(held.id);
  const ended = await until(
    'an end of the response',
    async () => {
      const now = await caller().responses.retrieve(background.id);
      return !['queued', 'in_progress'].includes(now.status ?? '') && now;
    },
    45_000,
  );
  if (ended.status === 'completed') expect(ended.output_text).toBe('w1 w2 w3 w4 w5 w6');
  else expect(ended).toMatchObject({ status: 'failed', error: { code: 'server_error' } });
});

// covers 001/live-processes-responses
test('a stream under way was ended honestly, and at the model as well', async () => {
  const seen = await underWay.whole;
  await waitForJournal(slow.id, 'hungup');
  expect(seen.events.filter(({ type }) => type === 'response.completed')).toEqual([]);
  // A connection that breaks is honest; a body that ends has to say how.
  if (seen.endedCleanly) expect(['error', 'response.failed']).toContain(seen.events.at(-1)?.type);
});

// covers 001/websocket-drop-and-reconnect
test('a socket was closed for a reason that tells its client to come again', async () => {
  await needs('responses-websocket');
  if (!socket) return skip('no socket could be opened before the restart');
  expect([1001, 1012]).toContain((await socket.closed).code);
});
