/** @alone */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { contentsOf, idsOf, range, type SeenEvent } from '../../harness/suite/control-plane/followed.ts';
import { followLastingly } from '../../harness/suite/control-plane/lasting-follower.ts';
import { accepted, messagesOf, newSession, post } from '../../harness/suite/control-plane/sessions.ts';
import { openDatabase } from '../../harness/suite/database.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { killWorker, stackScope } from '../../harness/suite/scope.ts';
import { skip } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';
import type { WorkerView } from '../../harness/workers/control-api.ts';

let scope: ScopeClient;
beforeAll(() => {
  scope = stackScope('gateway');
});
afterAll(() => scope?.close());
beforeEach(() => needs('control-plane', 'session-events'));

async function workerOf(index: number): Promise<WorkerView> {
  const found = (await scope.workers('gateway')).find((worker) => worker.index === index);
  if (!found) throw new Error(`the gateway has no worker ${index}`);
  return found;
}

/** Fewer events than a log keeps: a follower that stands still meanwhile is behind, not too late. */
const mostMeanwhile = 300;

/** Posts numbered messages through a worker while `disturb` runs, each with a key and until it is answered. */
async function postThrough(disturb: () => Promise<void>) {
  const session = newSession();
  await accepted({ session_id: session, message: 'first' });
  const followers = [1, 2].map((worker) =>
    followLastingly(session, { worker: scope.proxyFor('gateway', worker) }),
  );
  let over = false;
  const undisturbed = Promise.withResolvers<void>();
  const acknowledged = new Map<string, string>();
  const posting = [1, 2, 1, 2].map(async (worker, at) => {
    const client = { worker: scope.proxyFor('gateway', worker) };
    for (let number = 1; !over; number += 1) {
      if (acknowledged.size >= mostMeanwhile) await undisturbed.promise;
      const message = `c${at} m${number}`;
      const idempotencyKey = randomUUID();
      const answer = await until(
        `an answer to ${message}`,
        async () => {
          const given = await post({ session_id: session, message }, { ...client, idempotencyKey }).catch(
            () => undefined,
          );
          return given?.status === 202 && given;
        },
        30_000,
      );
      acknowledged.set(answer.body.message_id, message);
    }
  });
  try {
    try {
      await until('some messages', () => acknowledged.size >= 12, 20_000);
      await disturb();
      undisturbed.resolve();
      const then = acknowledged.size;
      await until('messages afterwards', () => acknowledged.size >= then + 12, 30_000);
    } finally {
      over = true;
      undisturbed.resolve();
      await Promise.all(posting);
    }
    const messages = await messagesOf(session);
    for (const { untilEvent } of followers) {
      const isLast = ({ event, data }: SeenEvent) =>
        event === 'status' && data.message_count === messages.length;
      await untilEvent(isLast, 30_000);
    }
    return { acknowledged, messages, followers };
  } finally {
    await Promise.all(followers.map((follower) => follower.close()));
  }
}

/** Each message that was answered is there once, and nothing else; every follower saw all of it once, in order. */
function expectNothingLost({ acknowledged, messages, followers }: Awaited<ReturnType<typeof postThrough>>) {
  const [first, ...rest] = messages;
  expect(first?.content).toBe('first');
  expect(new Set(rest.map(({ content }) => content)).size).toBe(rest.length);
  expect(new Map(rest.map(({ message_id, content }) => [message_id, content]))).toEqual(acknowledged);
  for (const { events } of followers) {
    expect(idsOf(events)).toEqual(range(1, events.length));
    expect(contentsOf(events)).toEqual(messages.map(({ content }) => content));
  }
}

// covers 001/control-plane-restart
test.each([1, 2])(
  'a kill of worker %i loses, doubles and reorders no message and no event',
  async (worker) => {
    const seen = await postThrough(() => killWorker(scope, 'gateway', worker));
    expectNothingLost(seen);
    expect(seen.followers[worker - 1]?.streams).toBeGreaterThan(1);
  },
  120_000,
);

test('a worker that stands still for a while loses, doubles and reorders nothing', async () => {
  const seen = await postThrough(async () => {
    const { pid, startTicks } = await workerOf(1);
    // Longer than the lease of a key.
    await scope.stop('gateway', 1, { revertAfterMs: 6_000 });
    await until(
      'it to go on',
      async () => (await scope.stateOf('gateway', { pid, startTicks })) !== 'stopped',
    );
  });
  expectNothingLost(seen);
}, 120_000);

const breakAll = async (sql: ReturnType<typeof openDatabase>): Promise<number> =>
  (
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'gateway w%'`
  ).length;

test('connections to the database that break are caught up with', async () => {
  if (!service('gateway').ours) skip('the database of this gateway is not known');
  const sql = openDatabase();
  try {
    const seen = await postThrough(async () => {
      for (let round = 0; round < 3; round += 1) {
        await until('connections to break', async () => (await breakAll(sql)) > 0);
      }
    });
    expectNothingLost(seen);
  } finally {
    await sql.end();
  }
}, 120_000);
