/** @alone */
import { expect, test } from '@jest/globals';
import { runStepsInSuite } from '../../harness/lab/suite-plan.ts';
import type { WorkerFault } from '../../harness/plan/fault.ts';
import type { Trigger } from '../../harness/plan/plan.ts';
import { eventsSeen, fault, faultSeen, pidsSeen, read, stream } from '../../harness/suite/fault.ts';

const killOf = (service: string, worker: WorkerFault['worker'], when?: Trigger) => ({
  ...fault({ on: 'worker', action: 'kill', service, worker, revertAfterMs: 700 }),
  ...(when ? { when } : {}),
});

test('the worker that serves a stream is killed after its second frame, whichever worker that is', async () => {
  const planned = killOf('gateway', { serves: 'o1' }, { operation: 'o1', afterFrames: 2 });
  const run = await runStepsInSuite('gateway', [planned, stream('o1')], [stream('o2')]);
  expect(run.vacuous).toEqual([]);
  const { proof } = faultSeen(run);
  expect(proof).toMatchObject({ gone: true, serving: ['o1'] });
  const frames = proof?.frames as { readonly o1: number } | undefined;
  expect(frames?.o1).toBeGreaterThanOrEqual(2);
  expect(pidsSeen(run)[0]).toBe(proof?.pid);
  expect(eventsSeen(run).slice(0, 2)).toEqual(['invoke o1', 'fired']);
});

test('the worker behind the gateway that an operation has come to is killed while it serves it', async () => {
  const link = 'gateway>baseline-cli';
  const planned = killOf(
    'baseline-cli',
    { serves: 'o1', link },
    { operation: 'o1', atUpstream: 'arrived', link },
  );
  const run = await runStepsInSuite('gateway', [planned, stream('o1')], [stream('o2')]);
  expect(run.vacuous).toEqual([]);
  expect(faultSeen(run).proof).toMatchObject({ gone: true, serving: ['o1'], link });
  expect(eventsSeen(run).slice(0, 2)).toEqual(['invoke o1', 'fired']);
});

test('a worker is killed between two operations, and the second one waits until it is back', async () => {
  const planned = killOf('memory', { serves: 'o1' }, { after: 'o1', before: 'o2', settled: true });
  const run = await runStepsInSuite('memory', [planned, read('o1', 1), read('o2', 2)]);
  expect(run.vacuous).toEqual([]);
  expect(eventsSeen(run)).toEqual(['invoke o1', 'ok o1', 'fired', 'reverted', 'invoke o2', 'ok o2']);
  const [first, second] = pidsSeen(run);
  expect(faultSeen(run).proof).toMatchObject({ pid: first });
  expect(second).not.toBe(first);
});
