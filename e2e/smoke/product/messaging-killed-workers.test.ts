/**
 * Kills workers of the bridge.
 *
 * @alone bridge
 */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { newTelegramChat, people } from '../../../harness/smoke/people.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { journalOf, release, waitForJournal } from '../../../harness/suite/journal.ts';
import { newOperation } from '../../../harness/suite/operation.ts';
import { killWorker, needsSeveralWorkers, stackScope } from '../../../harness/suite/scope.ts';
import { service } from '../../../harness/suite/stack.ts';
import type { ScopeClient } from '../../../harness/workers/client.ts';

let scope: ScopeClient;
beforeAll(() => {
  service('bridge');
  scope = stackScope('bridge');
});
afterAll(() => scope?.close());
beforeEach(async () => {
  needsTarget('messaging');
  await needsSeveralWorkers(scope, 'bridge');
});

// covers 003/target-messaging
test('a message whose worker is killed is answered by another one, in the message that was begun', async () => {
  const ann = people('telegram', newTelegramChat());
  const { id, mark } = newOperation({ tokens: 8, hold: 4 });
  const asked = await ann.say(`Count ${mark}`);
  await ann.answerTo(asked, (text) => text.includes('w2'));
  // Whichever of them answers: the next one that takes the message may be a successor.
  for (let worker = 1; worker <= service('bridge').workers; worker += 1)
    await killWorker(scope, 'bridge', worker);
  await waitForJournal(id, 'hungup');
  await release(id);
  const answer = await ann.answerTo(asked, (text) => text === 'w1 w2 w3 w4 w5 w6 w7 w8');
  expect(answer.texts.filter((text) => text === '…')).toHaveLength(1);
  expect((await ann.messages()).filter(({ from }) => from === 'bot')).toHaveLength(1);
  expect((await journalOf(id)).length).toBeGreaterThan(1);
});
