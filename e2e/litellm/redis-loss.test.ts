/**
 * @alone redis
 * @alone litellm
 * @long
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AppliedFault } from '../../harness/faults/applied-fault.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { openStackFaults, type StackFaults } from '../../harness/suite/outages/stack-faults.ts';
import { killWorker } from '../../harness/suite/scope.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';
import { probed } from './hook-calls.ts';
import { ask, askForStream, litellm, litellmWorker } from './litellm-client.ts';

const limit = 4;

let faults: StackFaults;
let gone: AppliedFault;
/** How many requests each of two keys got through: while Redis was gone, and when it was back. */
let without: { readonly good: number; readonly other: readonly number[] };

/** Redis dies; meanwhile LiteLLM is asked. */
beforeAll(async () => {
  service('redis');
  service(probed);
  faults = await openStackFaults();
  gone = await faults.apply({ on: 'service', action: 'kill', service: 'redis', revertAfterMs: 60_000 });
}, 60_000);
/**
 * Connections that died with Redis stay in the pools of the workers, and whose turn it is to use one is counted by one worker
 * alone. Nobody else's limits shall be told by that: the workers are replaced.
 */
afterAll(async () => {
  await gone?.revert();
  for (const worker of gone ? [1, 2] : []) {
    await killWorker(faults.scope, probed, worker);
    const client = litellmWorker(faults.scope.proxyFor(probed, worker));
    const { mark } = newOperation({ say: 'here' });
    const answered = () => ask(client, { text: `Are you there? ${mark}` }).catch(() => undefined);
    await until('the successor answers', answered, 60_000);
  }
  await faults?.close();
}, 150_000);

/** Ten requests of one key through both workers in turn. */
async function tenRequests(key: string) {
  const clients = [1, 2].map((worker) => litellmWorker(faults.scope.proxyFor(probed, worker), key));
  const operations = Array.from({ length: 10 }, () => newOperation());
  const codes: number[] = [];
  for (const [index, { mark }] of operations.entries()) {
    const asked = ask(clients[index % 2] as (typeof clients)[number], { text: `Now ${mark}` });
    codes.push(await asked.then(() => 200).catch((error: { readonly status?: number }) => error.status ?? 0));
  }
  const upstream = await Promise.all(operations.map(async ({ id }) => (await journalOf(id)).length));
  return {
    good: codes.filter((code) => code === 200).length,
    other: codes.filter((code) => code !== 200 && code !== 429),
    reached: upstream.reduce((sum, count) => sum + count, 0),
  };
}

const newKey = () => `sk-minute-${limit}-${randomUUID().slice(0, 8)}`;

test('without Redis questions are answered all the same, whole and streamed, kept or not', async () => {
  const client = litellm(undefined, probed);
  const kept = { cache: { 'use-cache': true } };
  const say = (text: string) => newOperation({ say: text }).mark;
  const answers = await Promise.all([
    ask(client, { text: `Go ${say('whole')}` }),
    askForStream(client, `Go ${say('streamed')}`),
    ask(client, { text: `Go ${say('kept')}`, more: kept }),
  ]);
  expect(answers.map(({ text }) => text)).toEqual(['whole', 'streamed', 'kept']);
}, 60_000);

test('without Redis a limit still holds for each worker, and no request fails for the lack of it', async () => {
  without = await tenRequests(newKey());
  expect(without.other).toEqual([]);
  expect(without.good).toBeGreaterThan(0);
  expect(without.good).toBeLessThanOrEqual(2 * limit);
}, 60_000);

// LiteLLM 1.106.2 counts in each worker alone once Redis is gone (issue 35533).
test.failing('FINDING: without Redis a limit is that of all workers together', () => {
  expect(without.good).toBeLessThanOrEqual(limit);
});

test('when Redis is back, the limit is one for all workers again', async () => {
  await gone.revert();
  await until(
    'the workers count together',
    async () => {
      const { good, other, reached } = await tenRequests(newKey());
      expect(other).toEqual([]);
      expect(reached).toBe(good);
      return good === limit;
    },
    60_000,
  );
}, 90_000);
