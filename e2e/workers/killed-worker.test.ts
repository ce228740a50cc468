/** @alone */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import axios from 'axios';
import { waitForJournal } from '../../harness/suite/journal.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsSeveralWorkers, stackScope } from '../../harness/suite/scope.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';
import { type ScopeClient, ScopeClientError, type WorkerView } from '../../harness/workers/client.ts';
import { recall, tell } from './memory-worker.ts';

const clients = 8;

interface Write {
  readonly user: string;
  /** `unknown`: the connection broke before an answer; `unsent`: there was no worker to send it to. */
  readonly outcome: 'acknowledged' | 'refused' | 'unknown' | 'unsent';
  readonly client: number;
  readonly endedAt: number;
}

let scope: ScopeClient;
let before: readonly WorkerView[];
let after: readonly WorkerView[];
let killedAt: number;
let writes: readonly Write[];

/** Clients write through both workers all the time; the first worker is killed under them and comes back. */
beforeAll(async () => {
  scope = stackScope('memory');
  await needsSeveralWorkers(scope, 'memory');
  before = await scope.workers('memory');
  const done: Write[] = [];
  let over = false;
  const load = Array.from({ length: clients }, async (_, client) => {
    while (!over) done.push(await write(client));
  });
  const acknowledgedBy = (worker: number) =>
    done.filter((each) => each.outcome === 'acknowledged' && workerOf(each.client) === worker);
  try {
    await until(
      'writes through both workers',
      () => [1, 2].every((each) => acknowledgedBy(each).length >= 4),
      20_000,
    );
    // One more write, which its model keeps waiting: the kill meets it, whatever the others are doing.
    const held = newOperation({ at: 'memory', hold: 0 });
    const meets = write(0, held.mark).then((each) => done.push(each));
    await waitForJournal(held.id, 'arrived', 20_000, 'memory');
    killedAt = Date.now();
    await scope.kill('memory', 1);
    await meets;
    after = await until('the killed worker has a successor that listens', successors, 20_000);
    const restoredAt = Date.now();
    await until(
      'writes through the successor',
      () => acknowledgedBy(1).some((each) => each.endedAt > restoredAt),
      20_000,
    );
  } finally {
    over = true;
    await Promise.all(load);
  }
  writes = done;
}, 90_000);
afterAll(() => scope?.close());

const workerOf = (client: number) => 1 + (client % 2);

/** One fact of a new user. The model takes its time, so that the kill meets several writes. */
async function write(client: number, mark = '[[at=memory ttft=150]]'): Promise<Write> {
  const user = randomUUID();
  const worker = scope.workerClient('memory', workerOf(client));
  const sentence = `My favorite color is teal-${user}. ${mark}`;
  const outcome = await tell(worker, user, sentence, AbortSignal.timeout(15_000)).then(
    ({ status }) => (status === 200 ? 'acknowledged' : 'refused'),
    (error) => (error instanceof ScopeClientError ? 'unsent' : 'unknown'),
  );
  await worker.close();
  if (outcome === 'unsent') await until('there is a worker again', () => hasWorker(workerOf(client)), 20_000);
  return { user, outcome, client, endedAt: Date.now() };
}

async function hasWorker(index: number): Promise<boolean> {
  const workers = await scope.workers('memory').catch(() => []);
  return workers.some((each) => each.index === index && each.state === 'running');
}

async function successors(): Promise<readonly WorkerView[] | undefined> {
  const now = await scope.workers('memory').catch(() => []);
  const old = before.find(({ index }) => index === 1);
  const isBack = now.length === service('memory').workers && now.every(({ pid }) => pid !== old?.pid);
  if (!isBack) return undefined;
  const { status } = await axios.get(`${service('memory').url}/ready`, { validateStatus: () => true });
  return status === 200 ? now : undefined;
}

test('the kill meets writes under way, and the other worker goes on', () => {
  const broken = writes.filter(({ outcome }) => outcome === 'unknown');
  expect(broken.length).toBeGreaterThan(0);
  expect(broken.every(({ client }) => workerOf(client) === 1)).toBe(true);
  const byTheOther = writes.filter(({ client, endedAt }) => workerOf(client) === 2 && endedAt > killedAt);
  expect(byTheOther.length).toBeGreaterThan(0);
  expect(byTheOther.map(({ outcome }) => outcome)).toEqual(byTheOther.map(() => 'acknowledged'));
});

// covers 000/persistence-across-processes
test('no write that was acknowledged is lost, and none is stored twice', async () => {
  const worker = scope.workerClient('memory', 2);
  for (const { user, outcome } of writes) {
    const { memories } = await recall(worker, user);
    if (outcome === 'acknowledged')
      expect(memories.map(({ full_text }) => full_text)).toEqual([expect.stringContaining(user)]);
    else expect(memories.length).toBeLessThanOrEqual(1);
  }
});

test('the service has its number of workers again: one new process, under the index of the killed one', () => {
  const pids = (workers: readonly WorkerView[]) => new Map(workers.map(({ index, pid }) => [index, pid]));
  expect(after.map(({ index }) => index)).toEqual(before.map(({ index }) => index));
  expect(pids(after).get(1)).not.toBe(pids(before).get(1));
  expect(pids(after).get(2)).toBe(pids(before).get(2));
});

// covers 000/persistence-across-processes
test('what the killed worker had stored is read through its successor', async () => {
  const stored = writes.find(
    ({ outcome, client, endedAt }) =>
      outcome === 'acknowledged' && workerOf(client) === 1 && endedAt < killedAt,
  );
  const read = await recall(scope.workerClient('memory', 1), stored?.user ?? '');
  expect(read.pid).toBe(after.find(({ index }) => index === 1)?.pid);
  expect(read.memories).toHaveLength(1);
});
