/** @uses redis */
import { randomUUID } from 'node:crypto';
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { journalOf, release } from '../../harness/suite/journal.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { ownConnection } from '../../harness/suite/own-connection.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';
import { probed } from './hook-calls.ts';
import { type Ask, ask, litellmWorker } from './litellm-client.ts';

/** LiteLLM rests a deployment that has refused for five seconds, whatever minute it is. */
const restMs = 6_000;

let scope: ScopeClient;

beforeAll(() => {
  scope = stackScope(probed);
});
afterAll(() => scope?.close());

/** Keys of tenants say what they may, see stubs/hooks/keys.py. */
const newKey = (kind: 'parallel' | 'minute', limit: number) =>
  `sk-${kind}-${limit}-${randomUUID().slice(0, 8)}`;

/** So many requests at once over all workers; what became of each, by its operation. */
function askAll(count: number, asked: Omit<Ask, 'text'>, key?: string, directives = {}) {
  const clients = [1, 2].map((worker) => litellmWorker(scope.proxyFor(probed, worker), key));
  const operations = Array.from({ length: count }, () => newOperation(directives));
  const statuses = operations.map(({ mark }, index) =>
    ask(clients[index % 2] as (typeof clients)[number], { ...asked, text: `Now ${mark}` }).then(
      () => 200,
      (error: { readonly status?: number }) => error.status ?? 0,
    ),
  );
  return { operations, statuses };
}

const reached = async (operations: readonly { readonly id: string }[]) =>
  (await Promise.all(operations.map(({ id }) => journalOf(id)))).flat();

test('of requests at once through both workers the provider gets as many as the key may have, and no more', async () => {
  const key = newKey('parallel', 2);
  const { operations, statuses } = askAll(8, {}, key, { hold: 1 });
  let refused = 0;
  for (const status of statuses) status.then((code) => (refused += code === 429 ? 1 : 0));
  await until('six are refused', () => refused === 6, 20_000);
  const held = await until('two are at the provider', async () => {
    const entries = await reached(operations);
    return entries.length >= 2 && entries;
  });
  expect(held).toHaveLength(2);
  await Promise.all(held.map(({ op }) => release(op)));
  expect((await Promise.all(statuses)).toSorted()).toEqual([200, 200, ...Array(6).fill(429)]);
  expect(await reached(operations)).toHaveLength(2);
});

test('a place that became free is free on both workers, after an error too', async () => {
  const key = newKey('parallel', 1);
  for (const worker of [1, 2, 1]) {
    const client = litellmWorker(scope.proxyFor(probed, worker), key);
    const { id, mark } = newOperation({ status: 400 });
    await until('the place is free', async () => {
      const status = await ask(client, { text: `Fail ${mark}` }).then(
        () => 200,
        (error: { readonly status?: number }) => error.status,
      );
      return status === 400;
    });
    expect(await journalOf(id)).toHaveLength(1);
  }
});

// LiteLLM has leaked places there (issue 17323).
test('places of /v1/messages become free as well', async () => {
  const client = new Anthropic({
    baseURL: service(probed).url,
    apiKey: newKey('parallel', 1),
    maxRetries: 0,
    defaultHeaders: ownConnection,
  });
  const model = 'scripted';
  for (const streamed of [false, true, false, true]) {
    const { mark } = newOperation({ say: 'in turn' });
    const asked = { model, max_tokens: 50, messages: [{ role: 'user' as const, content: `Go ${mark}` }] };
    await until('the place is free', async () => {
      const text = streamed
        ? client.messages.stream(asked).finalText()
        : client.messages
            .create(asked)
            .then(({ content }) => (content[0]?.type === 'text' ? content[0].text : ''));
      return (await text.catch(() => '')) === 'in turn';
    });
  }
});

test('a key that may ask five times a minute does so over both workers together', async () => {
  const { operations, statuses } = askAll(12, {}, newKey('minute', 5));
  const codes = (await Promise.all(statuses)).toSorted();
  expect(codes).toEqual([...Array(5).fill(200), ...Array(7).fill(429)]);
  expect(await reached(operations)).toHaveLength(5);
});

test('a deployment of three requests a minute gets no more of them from two workers', async () => {
  const { operations, codes } = await askLimited();
  const good = codes.filter((code) => code === 200);
  expect(good.length).toBeGreaterThan(0);
  expect(good.length).toBeLessThanOrEqual(3);
  expect(codes.filter((code) => code !== 200 && code !== 429)).toEqual([]);
  expect(await reached(operations)).toHaveLength(good.length);
}, 130_000);

/**
 * Ten at once within a minute of the clock; in the next one where this one turned meanwhile, or where its places had gone
 * before, such as to a run on the same stack.
 */
async function askLimited() {
  const minute = () => Math.floor(Date.now() / 60_000);
  const attempt = async () => {
    const begunIn = minute();
    const { operations, statuses } = askAll(10, { model: 'scripted-limited' });
    const codes = await Promise.all(statuses);
    return { operations, codes, isOfOneMinute: minute() === begunIn };
  };
  const asked = await attempt();
  if (asked.isOfOneMinute && asked.codes.includes(200)) return asked;
  const [spent, refusedAt] = [minute(), Date.now()];
  const isFresh = () => minute() > spent && Date.now() > refusedAt + restMs;
  await until('the minute is over', isFresh, 60_000 + restMs);
  return attempt();
}

test('a key that is not known is refused by every worker and asks nobody', async () => {
  const { operations, statuses } = askAll(4, {}, 'sk-nobody');
  expect(await Promise.all(statuses)).toEqual([401, 401, 401, 401]);
  expect(await reached(operations)).toEqual([]);
});
