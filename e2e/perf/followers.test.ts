/**
 * The streams are measured, so nothing else may use the stack meanwhile.
 *
 * @alone machine
 */
import { expect, test } from '@jest/globals';
import { journalOf } from '../../harness/suite/journal.ts';
import { faultsIn } from '../../harness/suite/measure/fan-out.ts';
import { follow } from '../../harness/suite/measure/follow.ts';
import { measurementOf, noteMeasurement } from '../../harness/suite/measure/measurement.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { caller } from '../../harness/suite/responses/caller.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

const words = 40;
const spoken = Array.from({ length: words }, (_, at) => `w${at + 1}`).join(' ');

// covers 001/responses-fan-out
test('50 followers of one response in the background see the same events, and its model is asked once', async () => {
  await needs('responses');
  await needsScriptedResponses();
  const { id: op, mark } = newOperation({ tokens: words, tps: 20, hold: 2 });
  const model = await textModel();
  const { id } = await caller().responses.create({ model, input: `Hi ${mark}`, background: true });
  const followers = await follow(id, op, 50);
  noteMeasurement(measurementOf('followers of one response', followers));
  expect(faultsIn(followers.map((seen) => ({ ...seen, expected: spoken })))).toEqual([]);
  // What the grammar leaves open, such as ids, is the same for all as well.
  expect(new Set(followers.map(({ events }) => JSON.stringify(events))).size).toBe(1);
  expect(await journalOf(op)).toHaveLength(1);
});
