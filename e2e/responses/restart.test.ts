/** @alone */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { release, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { caller } from '../../harness/suite/responses/caller.ts';
import { openSocket, type ResponseSocket } from '../../harness/suite/responses/response-socket.ts';
import { openResponse, responseIn, streamResponse } from '../../harness/suite/responses/response-stream.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { restartService } from '../../harness/suite/restart.ts';
import { textModel } from '../../harness/suite/text-model.ts';
import { until } from '../../harness/suite/until.ts';

let model: string;
let socket: ResponseSocket | undefined;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('responses');
  await needsScriptedResponses();
});
afterAll(() => socket?.drop());

test('after a restart of all workers the same ids go on, and none of their streams has changed', async () => {
  const client = caller();
  const said = await client.responses.create({ model, input: 'My name is Alice' });
  const conversation = await client.conversations.create();
  await client.responses.create({ model, input: 'My name is Berta', conversation: conversation.id });
  const { mark } = newOperation({ tokens: 5 });
  const streamed = await streamResponse({ model, input: `Hi ${mark}`, background: true });
  await restartService('gateway');
  expect(await caller().responses.retrieve(said.id)).toEqual(said);
  const asked = { model, input: 'What is my name?' };
  const next = await caller().responses.create({ ...asked, previous_response_id: said.id });
  expect(next.output_text).toContain('Alice');
  const other = await caller().responses.create({ ...asked, conversation: conversation.id });
  expect(other.output_text).toContain('Berta');
  const path = `/responses/${responseIn(streamed.events).id}?stream=true`;
  expect((await streamResponse(undefined, { path })).events).toEqual(streamed.events);
}, 150_000);

test('a response in the background outlives a restart, or ends as failed: it never stays in progress', async () => {
  const { id, mark } = newOperation({ tokens: 6, hold: 3 });
  const { id: response } = await caller().responses.create({ model, input: `Hi ${mark}`, background: true });
  await waitForJournal(id, 'arrived');
  await restartService('gateway');
  await release(id);
  const ended = await until(
    'an end of the response',
    async () => {
      const now = await caller().responses.retrieve(response);
      return !['queued', 'in_progress'].includes(now.status ?? '') && now;
    },
    60_000,
  );
  if (ended.status === 'completed') expect(ended.output_text).toBe('w1 w2 w3 w4 w5 w6');
  else expect(ended).toMatchObject({ status: 'failed', error: { code: 'server_error' } });
}, 150_000);

test('a stream under way ends well or is told to have failed, and a socket is closed for a reason', async () => {
  await needs('responses-websocket');
  socket = await openSocket();
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const open = openResponse({ model, input: `Hi ${mark}` });
  await open.untilText('w2');
  await restartService('gateway');
  const seen = await open.whole;
  await waitForJournal(id, 'hungup');
  expect(seen.events.filter(({ type }) => type === 'response.completed')).toEqual([]);
  // A connection that breaks is honest; a body that ends has to say how.
  if (seen.endedCleanly) expect(['error', 'response.failed']).toContain(seen.events.at(-1)?.type);
  const { code } = await socket.closed;
  expect([1001, 1012]).toContain(code);
}, 150_000);
