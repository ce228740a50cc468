/** @uses memory */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { needsSeveralWorkers, stackScope } from '../../harness/suite/scope.ts';
import type { ScopeClient, WorkerClient } from '../../harness/workers/client.ts';
import { recall, tell } from './memory-worker.ts';

const requestsPerMinute = Number(process.env.MEMORY_RATE_LIMIT_PER_MINUTE || 60);

let scope: ScopeClient;
let first: WorkerClient;
let second: WorkerClient;

beforeAll(async () => {
  scope = stackScope('memory');
  await needsSeveralWorkers(scope, 'memory');
  first = scope.workerClient('memory', 1);
  second = scope.workerClient('memory', 2);
});
afterAll(() => scope?.close());

// covers 000/persistence-across-processes
// covers 000/non-in-memory-deployment
test('a memory written through one worker is read through the other', async () => {
  const user = randomUUID();
  const written = await tell(first, user, `My favorite color is teal-${user}.`);
  expect(written.status).toBe(200);
  const read = await recall(second, user);
  expect(read.pid).not.toBe(written.pid);
  expect(read.memories).toHaveLength(1);
  expect(read.memories[0]?.full_text).toContain(`teal-${user}`);
});

// covers 000/persistence-across-processes
test('a memory edited and deleted through one worker is so for the other', async () => {
  const user = randomUUID();
  await tell(first, user, `My favorite color is teal-${user}.`);
  const { memories } = await recall(first, user);
  const path = `/memories/${memories[0]?.id}`;
  const edited = await second.request(path, {
    method: 'PATCH',
    body: { user_id: user, caption: 'It changed' },
  });
  expect(edited.status).toBe(200);
  expect((await recall(first, user)).memories[0]?.caption).toBe('It changed');
  expect((await first.request(`${path}?user_id=${user}`, { method: 'DELETE' })).status).toBe(200);
  expect((await recall(second, user)).memories).toEqual([]);
});

// covers 000/persistence-across-processes
test('one conversation told to both workers at once is remembered once', async () => {
  const user = randomUUID();
  const sentence = `My favorite color is teal-${user}.`;
  const told = await Promise.all(
    Array.from({ length: 10 }, (_, index) => tell(index % 2 === 0 ? first : second, user, sentence)),
  );
  expect(told.map(({ status }) => status)).toEqual(told.map(() => 200));
  expect(new Set(told.map(({ pid }) => pid)).size).toBe(2);
  const saved = told.flatMap((answer) => (answer.json() as { memories_saved: unknown[] }).memories_saved);
  expect(saved).toHaveLength(1);
  expect((await recall(second, user)).memories).toHaveLength(1);
});

// covers 000/persistence-across-processes
test('the rate limit counts the requests of a user over both workers', async () => {
  const path = `/memories/list?user_id=${randomUUID()}`;
  const answers = await Promise.all(
    Array.from({ length: requestsPerMinute + 20 }, (_, index) =>
      (index % 2 === 0 ? first : second).get(path),
    ),
  );
  const admitted = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status === 429);
  expect(admitted).toHaveLength(requestsPerMinute);
  expect(refused).toHaveLength(20);
  expect(new Set(admitted.map(({ pid }) => pid)).size).toBe(2);
  expect(refused.every(({ headers }) => Number(headers['retry-after']) > 0)).toBe(true);
});
