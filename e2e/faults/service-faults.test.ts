/** @alone */
import { expect, test } from '@jest/globals';
import { runStepsInSuite } from '../../harness/lab/suite-plan.ts';
import type { ServiceAction } from '../../harness/plan/fault.ts';
import { endings, fault, faultSeen, pidsSeen, read } from '../../harness/suite/fault.ts';

const revertAfterMs = 700;

/** Reads, disturbs the service, reads on the same connections; then, when it is over, anew through both workers. */
async function disturb(action: ServiceAction) {
  const run = await runStepsInSuite(
    'memory',
    [read('o1', 1, 1), read('o2', 2, 2)],
    [fault({ on: 'service', action, service: 'memory', revertAfterMs })],
    [read('o3', 1, 1), read('o4', 2, 2)],
  );
  const after = await runStepsInSuite('memory', [read('o1', 1, 1), read('o2', 2, 2)]);
  const stayed = pidsSeen(after).filter((pid) => pidsSeen(run).slice(0, 2).includes(pid));
  return { run, ...faultSeen(run), after: endings(after), stayed: stayed.length };
}

test('a service that is restarted has other processes, and answers again through all its workers', async () => {
  const { run, states, after, stayed } = await disturb('restart');
  expect(run.vacuous).toEqual([]);
  expect(states).toEqual(['fired', 'reverted']);
  expect(stayed).toBe(0);
  expect(after).toEqual(['ok', 'ok']);
}, 120_000);

test('a service that is paused goes on when the fault ends, and answers what it had been asked', async () => {
  const { run, states, lastedMs, after, stayed } = await disturb('pause');
  expect(run.vacuous).toEqual([]);
  expect(states).toEqual(['fired', 'reverted']);
  expect(lastedMs).toBeGreaterThan(revertAfterMs * 0.9);
  expect(endings(run)).toEqual(['ok', 'ok', 'ok', 'ok']);
  expect(stayed).toBe(2);
  expect(after).toEqual(['ok', 'ok']);
}, 120_000);

test('a service that is killed is dead until the fault ends, and then answers through all its workers', async () => {
  const { run, states, after, stayed } = await disturb('kill');
  expect(run.vacuous).toEqual([]);
  expect(states).toEqual(['fired', 'reverted']);
  expect(stayed).toBe(0);
  expect(after).toEqual(['ok', 'ok']);
}, 120_000);

test('a service that loses its network has it back when the fault ends', async () => {
  const { run, states, proof, after } = await disturb('disconnect');
  expect(run.vacuous).toEqual([]);
  expect(states).toEqual(['fired', 'reverted']);
  expect(proof).toMatchObject({ networksLeft: 0 });
  expect(after).toEqual(['ok', 'ok']);
}, 120_000);
