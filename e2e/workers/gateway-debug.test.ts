import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createParser } from 'eventsource-parser';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsSeveralWorkers, stackScope } from '../../harness/suite/scope.ts';
import type { ScopeClient, WorkerClient } from '../../harness/workers/client.ts';

let scope: ScopeClient;
let first: WorkerClient;
let second: WorkerClient;

beforeAll(async () => {
  await needs('debug');
  scope = stackScope('gateway');
  await needsSeveralWorkers(scope, 'gateway');
  first = scope.workerClient('gateway', 1);
  second = scope.workerClient('gateway', 2);
});
afterAll(() => scope?.close());

interface Step {
  readonly request_id: string;
  readonly type: string;
}

function stepsIn(body: string): readonly Step[] {
  const steps: Step[] = [];
  createParser({ onEvent: ({ data }) => steps.push(JSON.parse(data) as Step) }).feed(body);
  return steps;
}

const chat = (worker: WorkerClient, id: string, mark: string) =>
  worker.post(
    '/v1/chat/completions',
    { model: 'baseline-cli-agent', messages: [{ role: 'user', content: `Hello ${mark}` }], debug: true },
    { headers: { 'x-request-id': id } },
  );

// covers 000/persistence-across-processes
test('what one worker recorded of a request is replayed by the other, to its end', async () => {
  const id = `debug-${randomUUID()}`;
  const answered = await chat(first, id, newOperation({ say: 'Hello yourself' }).mark);
  expect(answered.status).toBe(200);
  const replay = await second.get(`/v1/debug/stream/${id}`);
  expect(replay.pid).not.toBe(answered.pid);
  expect(replay.status).toBe(200);
  const steps = stepsIn(replay.body);
  expect(steps.length).toBeGreaterThan(1);
  expect(new Set(steps.map(({ request_id }) => request_id))).toEqual(new Set([id]));
  const again = await first.get(`/v1/debug/stream/${id}`);
  expect(again.pid).toBe(answered.pid);
  expect(stepsIn(again.body)).toEqual(steps);
});

// covers 000/persistence-across-processes
test('a request that no worker has seen is unknown to both', async () => {
  const path = `/v1/debug/stream/debug-${randomUUID()}`;
  expect((await first.get(path)).status).toBe(404);
  expect((await second.get(path)).status).toBe(404);
});
