/** @alone */
import { expect, test } from '@jest/globals';
import { runStepsInSuite } from '../../harness/lab/suite-plan.ts';
import type { WorkerAction } from '../../harness/plan/fault.ts';
import { endings, fault, faultSeen, pidsSeen, read } from '../../harness/suite/fault.ts';

const revertAfterMs = 700;

/** Reads through both workers, disturbs one, reads on the same connections; then, when it is over, anew. */
async function disturb(action: WorkerAction) {
  const run = await runStepsInSuite(
    'memory',
    [read('o1', 1, 1), read('o2', 2, 2)],
    [fault({ on: 'worker', action, service: 'memory', worker: 1, revertAfterMs })],
    [read('o3', 1, 1), read('o4', 2, 2)],
  );
  const after = await runStepsInSuite('memory', [read('o1', 1, 1), read('o2', 2, 2)]);
  const stayed = pidsSeen(after).filter((pid) => pidsSeen(run).slice(0, 2).includes(pid));
  return { run, ...faultSeen(run), after: endings(after), stayed: stayed.length };
}

test('a worker that is stopped holds what it was asked until the fault ends, the other one answers', async () => {
  const { run, states, proof, lastedMs, after, stayed } = await disturb('stop');
  expect(run.vacuous).toEqual([]);
  expect(states).toEqual(['fired', 'reverted']);
  expect(proof).toMatchObject({ state: 'stopped' });
  expect(lastedMs).toBeGreaterThan(revertAfterMs * 0.9);
  expect(endings(run)).toEqual(['ok', 'ok', 'ok', 'ok']);
  expect(stayed).toBe(2);
  expect(after).toEqual(['ok', 'ok']);
});

test('a worker that is continued runs', async () => {
  const { run, states, proof, after, stayed } = await disturb('continue');
  expect(run.vacuous).toEqual([]);
  expect(states).toEqual(['fired', 'reverted']);
  expect(proof).toMatchObject({ state: 'running' });
  expect(stayed).toBe(2);
  expect(after).toEqual(['ok', 'ok']);
});

test('a worker that is asked to end does so by itself, and another one takes its place', async () => {
  const { run, states, proof, after, stayed } = await disturb('term');
  expect(run.vacuous).toEqual([]);
  expect(states).toEqual(['fired', 'reverted']);
  expect(proof).toMatchObject({ gone: true, graceful: true });
  expect(stayed).toBe(1);
  expect(after).toEqual(['ok', 'ok']);
});

test('a worker that is killed is replaced', async () => {
  const { run, states, proof, after, stayed } = await disturb('kill');
  expect(run.vacuous).toEqual([]);
  expect(states).toEqual(['fired', 'reverted']);
  expect(proof).toMatchObject({ gone: true });
  expect(stayed).toBe(1);
  expect(after).toEqual(['ok', 'ok']);
});
