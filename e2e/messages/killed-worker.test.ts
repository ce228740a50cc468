/** @alone */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { release, waitForJournal } from '../../harness/suite/journal.ts';
import { needsScriptedMessages, says } from '../../harness/suite/messages/caller.ts';
import { openMessage, type SeenMessage, textIn } from '../../harness/suite/messages/message-stream.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';

let scope: ScopeClient;
let killed: SeenMessage;
let other: SeenMessage;
let after: SeenMessage;
const met = newOperation({ tokens: 2_000, tps: 20 });
const spared = newOperation({ tokens: 20, hold: 6 });

/** Two workers stream a message each; one is killed in the middle and comes back. */
beforeAll(async () => {
  await needs('messages');
  await needsScriptedMessages();
  scope = stackScope('gateway');
  const model = await textModel();
  const open = (worker: number, mark: string) =>
    openMessage(
      { model, max_tokens: 5_000, messages: says(`Hi ${mark}`) },
      { through: scope.proxyFor('gateway', worker) },
    );
  const before = await scope.workers('gateway');
  const [first, second] = [open(1, met.mark), open(2, spared.mark)];
  await Promise.all([first.until('w3'), second.until('w4')]);
  await scope.kill('gateway', 1);
  killed = await first.whole;
  await release(spared.id);
  other = await second.whole;
  await until(
    'the killed worker has a successor',
    async () => {
      const now = await scope.workers('gateway').catch(() => []);
      const pid = before.find(({ index }) => index === 1)?.pid;
      return now.length === service('gateway').workers && now.every((each) => each.pid !== pid);
    },
    20_000,
  );
  after = await open(1, newOperation({ tokens: 5 }).mark).whole;
}, 90_000);
afterAll(() => scope?.close());

test('the stream of a killed worker is no whole message', () => {
  expect(killed.end).not.toBe('message_stop');
  expect(textIn(killed)).toMatch(/^w1 w2 w3/);
});

test('its client can tell: the connection breaks', () => {
  expect(killed.endedCleanly).toBe(false);
});

test('its request at the model ends with it', async () => {
  expect((await waitForJournal(met.id, 'hungup')).framesSent).toBeLessThan(1_000);
});

test('the stream of the other worker goes on to its end', () => {
  expect([other.findings, other.end]).toEqual([[], 'message_stop']);
  expect(textIn(other)).toMatch(/^w1 .* w20$/);
});

test('the successor streams messages', () => {
  expect([after.findings, textIn(after)]).toEqual([[], 'w1 w2 w3 w4 w5']);
});
