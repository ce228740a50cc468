import { afterEach, beforeEach, expect, test } from '@jest/globals';
import counter from '../../workloads/example/counter.ts';
import { hunt } from '../hunt.ts';
import { nextPlan } from '../next-plan.ts';
import { openServerLab } from '../test-lab.ts';
import { type Lab, runPlan } from './run-plan.ts';

let close: () => void;
let lab: Lab;

beforeEach(() => {
  delete process.env.COUNTER_CARELESS;
});
afterEach(() => close());

/** The service of docs/write-a-workload.md in this process, as a stack of one remote service. */
async function openCounterLab(): Promise<void> {
  const { startCounter } = await import('../../workloads/example/counter-service.ts');
  ({ lab, close } = await openServerLab(counter, startCounter(0)));
}

const bounds = { seed: 1, runs: 25, timeMs: 8_000, signal: new AbortController().signal };

test('nothing is found in a counter that counts', async () => {
  await openCounterLab();
  const result = await hunt(lab, bounds);
  expect(result.finding?.checkers).toBeUndefined();
  expect(result).toMatchObject({ verdict: 'valid', plans: 25, unknownVerdicts: 0 });
});

test('plans of which no operation succeeds are no answer', async () => {
  await openCounterLab();
  const refused = { type: 'fail', error: '409 refused' } as const;
  const prepare: typeof counter.prepare = async (run) => ({
    ...(await counter.prepare(run)),
    perform: async () => refused,
  });
  const result = await hunt({ ...lab, workload: { ...counter, prepare } }, { ...bounds, runs: 3 });
  expect(result).toMatchObject({ verdict: 'not-judged', plans: 3, vacuous: 3 });
  expect(result.why).toBe('no operation succeeded: 409 refused');
});

test('a counter that loses updates is found, shrunk to two concurrent increases and a look, and shows again', async () => {
  process.env.COUNTER_CARELESS = '1';
  await openCounterLab();
  const { verdict, finding } = await hunt(lab, bounds);
  expect(verdict).toBe('invalid');
  const names = finding?.plan.phases.flatMap(({ steps }) =>
    steps.map((step) => (step.kind === 'operation' ? step.name : step.kind)),
  );
  expect(names?.filter((name) => name === 'increase').length).toBeLessThanOrEqual(2);
  expect(names).toContain('look');
  expect(names?.length).toBeLessThanOrEqual(4);
  expect(finding?.rate.reproduced).toBeGreaterThanOrEqual(8);
}, 20_000);

test('the history has an invocation and a completion of every operation, at times that never go back', async () => {
  await openCounterLab();
  const plan = nextPlan(counter, lab.stack, 7, 3);
  const { history } = await runPlan(lab, plan);
  const operations = plan.phases.flatMap(({ steps }) => steps).length;
  expect(history.events.filter(({ type }) => type === 'invoke')).toHaveLength(operations);
  expect(history.events.filter(({ type }) => type === 'ok')).toHaveLength(operations);
  const times = history.events.map(({ at }) => at);
  expect([...times].sort((a, b) => a - b)).toEqual(times);
});

test('a seed and a path give the same plan again, with a last read of every key', async () => {
  await openCounterLab();
  const plan = nextPlan(counter, lab.stack, 7, 3);
  expect(nextPlan(counter, lab.stack, 7, 3)).toEqual(plan);
  const keys = new Set(
    plan.phases.flatMap(({ steps }) => steps).map((step) => 'args' in step && step.args.key),
  );
  const last = plan.phases.at(-1)?.steps ?? [];
  expect(new Set(last.map((step) => 'args' in step && step.args.key))).toEqual(keys);
});
