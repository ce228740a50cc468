import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import type { Response } from 'openai/resources/responses/responses';
import { journalOf, release, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { caller } from '../../harness/suite/responses/caller.ts';
import {
  findingsOf,
  openResponse,
  responseIn,
  streamResponse,
  textIn,
} from '../../harness/suite/responses/response-stream.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient, WorkerProxy } from '../../harness/workers/client.ts';

let model: string;
let scope: ScopeClient;
let workers: readonly [WorkerProxy, WorkerProxy];
let first: OpenAI;
let second: OpenAI;
beforeAll(async () => {
  model = await textModel();
  scope = stackScope('gateway');
  workers = [scope.proxyFor('gateway', 1), scope.proxyFor('gateway', 2)];
  first = caller({ worker: workers[0] });
  second = caller({ worker: workers[1] });
});
afterAll(() => scope?.close());
beforeEach(async () => {
  await needs('responses');
  await needsScriptedResponses();
});

const begun = (input: string): Promise<Response> =>
  first.responses.create({ model, input, background: true });

const ended = (client: OpenAI, id: string): Promise<Response> =>
  until(
    `an end of ${id}`,
    async () => {
      const response = await client.responses.retrieve(id);
      return !['queued', 'in_progress'].includes(response.status ?? '') && response;
    },
    20_000,
  );

test('a response in the background is answered at once and polled through any worker until it is done', async () => {
  const { id, mark } = newOperation({ tokens: 6, hold: 2 });
  const response = await begun(`Hi ${mark}`);
  expect(['queued', 'in_progress']).toContain(response.status);
  expect(response).toMatchObject({ background: true, output: [] });
  await waitForJournal(id, 'arrived');
  expect(['queued', 'in_progress']).toContain((await second.responses.retrieve(response.id)).status);
  await release(id);
  const done = await ended(second, response.id);
  expect(done).toMatchObject({ id: response.id, status: 'completed', background: true });
  expect(done.output_text).toBe('w1 w2 w3 w4 w5 w6');
  expect(await journalOf(id)).toHaveLength(1);
});

test('nobody needs to listen: the client that began it may leave', async () => {
  const { id, mark } = newOperation({ tokens: 6, hold: 3 });
  const open = openResponse({ model, input: `Hi ${mark}`, background: true }, { worker: workers[0] });
  await open.untilText('w2');
  open.leave();
  await open.whole;
  await release(id);
  const done = await ended(second, responseIn(open.events).id);
  expect(done).toMatchObject({ status: 'completed', output_text: 'w1 w2 w3 w4 w5 w6' });
});

test('a stream that was left is resumed exactly behind the last event, on another worker and while it goes on', async () => {
  const { id, mark } = newOperation({ tokens: 12, hold: 6 });
  const open = openResponse({ model, input: `Hi ${mark}`, background: true }, { worker: workers[0] });
  await open.untilText('w4');
  open.leave();
  await open.whole;
  const before = open.events.slice(0, -1);
  const path = `/responses/${responseIn(before).id}?stream=true&starting_after=${before.length - 1}`;
  const resumed = openResponse(undefined, { path, worker: workers[1] });
  await resumed.until('the next event', ({ sequence_number }) => sequence_number === before.length);
  await release(id);
  const after = await resumed.whole;
  const frames = [...before, ...after.events].map((event) => ({
    event: event.type,
    data: JSON.stringify(event),
  }));
  expect(findingsOf(frames)).toEqual([]);
  expect(textIn([...before, ...after.events])).toBe('w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 w12');
});

test('a stream that is over is replayed from any event, the same on every worker', async () => {
  const { mark } = newOperation({ tokens: 5 });
  const whole = await streamResponse({ model, input: `Hi ${mark}`, background: true });
  expect(whole.findings).toEqual([]);
  const { id } = responseIn(whole.events);
  for (const [at, worker] of workers.entries()) {
    const startingAfter = 3 + at;
    const path = `/responses/${id}?stream=true&starting_after=${startingAfter}`;
    const { events, status } = await streamResponse(undefined, { path, worker });
    expect(status).toBe(200);
    expect(events).toEqual(whole.events.slice(startingAfter + 1));
  }
  const { events } = await streamResponse(undefined, { path: `/responses/${id}?stream=true` });
  expect(events).toEqual(whole.events);
});

test('the official client resumes a stream', async () => {
  const { mark } = newOperation({ tokens: 5 });
  const response = await begun(`Hi ${mark}`);
  const runner = second.responses.stream({ response_id: response.id, starting_after: 2 });
  const numbers: number[] = [];
  runner.on('event', ({ sequence_number }) => numbers.push(sequence_number));
  expect(await runner.finalResponse()).toMatchObject({ status: 'completed', output_text: 'w1 w2 w3 w4 w5' });
  expect(numbers).toEqual(numbers.map((_, at) => 3 + at));
});

test('a response that is cancelled through another worker ends at the model and stays cancelled', async () => {
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const response = await begun(`Hi ${mark}`);
  await waitForJournal(id, 'arrived');
  expect(await second.responses.cancel(response.id)).toMatchObject({ id: response.id, status: 'cancelled' });
  expect((await waitForJournal(id, 'hungup')).framesSent).toBeLessThan(500);
  expect(await first.responses.retrieve(response.id)).toMatchObject({ status: 'cancelled' });
  expect(await first.responses.cancel(response.id)).toMatchObject({ status: 'cancelled' });
});

test('who follows a response sees an end when it is cancelled', async () => {
  const { mark } = newOperation({ tokens: 2_000, tps: 20 });
  const open = openResponse({ model, input: `Hi ${mark}`, background: true }, { worker: workers[0] });
  await open.untilText('w2');
  const { id } = responseIn(open.events);
  await second.responses.cancel(id);
  const seen = await open.whole;
  expect(seen.endedCleanly).toBe(true);
  expect(seen.events.filter(({ type }) => type === 'response.completed')).toEqual([]);
});

test('a model that breaks off fails the response', async () => {
  const { id, mark } = newOperation({ tokens: 20, cut: 5 });
  const response = await begun(`Hi ${mark}`);
  await waitForJournal(id, 'fault');
  const done = await ended(second, response.id);
  expect(done).toMatchObject({ status: 'failed', error: { code: 'server_error' } });
});

test('a response in the background is the beginning of the next turn when it is done', async () => {
  const response = await begun('My name is Alice');
  await ended(second, response.id);
  const asked = { model, input: 'What is my name?', previous_response_id: response.id };
  expect((await second.responses.create(asked)).output_text).toContain('Alice');
});
