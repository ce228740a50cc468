import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exampleShape } from './example-shape.ts';
import { faultsOf, operationOfFault, operationsOf, type Plan, stepsOf } from './plan.ts';
import { planArbitrary, planOf } from './plan-arbitrary.ts';

const sample = (shape = exampleShape) => fc.sample(planArbitrary(shape), { seed: 7, numRuns: 400 });
const someFail = (plans: readonly Plan[], test: (plan: Plan) => boolean) => plans.some(test);

/** The smallest plan for which `bad` holds, as fast-check finds it. */
function smallest(bad: (plan: Plan) => boolean): Plan {
  const run = fc.check(
    fc.property(planArbitrary(exampleShape), (plan) => !bad(plan)),
    { seed: 1, numRuns: 2_000 },
  );
  const [plan] = run.counterexample ?? [];
  if (!plan) throw new Error('nothing found');
  return plan;
}

test('seed and path make the same plan again, and say so in it', () => {
  const plan = planOf(exampleShape, 42, '17');
  expect(plan).toMatchObject({ seed: 42, path: '17', workload: 'example' });
  expect(planOf(exampleShape, 42, '17')).toEqual(plan);
  expect(planOf(exampleShape, 42, '18').phases).not.toEqual(plan.phases);
  expect(planOf(exampleShape, 43, '17').phases).not.toEqual(plan.phases);
});

test('plans keep to the bounds of their shape', () => {
  for (const plan of sample()) {
    expect(stepsOf(plan).length).toBeLessThanOrEqual(10);
    expect(operationsOf(plan).length).toBeGreaterThan(0);
    expect(plan.phases.length).toBeLessThanOrEqual(5);
    expect(faultsOf(plan).length).toBeLessThanOrEqual(2);
    const clients = new Set(operationsOf(plan).map(({ client }) => client));
    expect([...clients].sort()).toEqual([...clients].map((_, index) => index + 1).sort());
    expect(plan.clients).toBe(clients.size);
    for (const { name, worker = 1 } of operationsOf(plan)) {
      expect(worker).toBeLessThanOrEqual(name === 'chat' ? 3 : 2);
    }
  }
});

test('a fault that speaks of an operation speaks of a streamed one in its phase', () => {
  const aimed = sample().flatMap(({ phases }) =>
    phases.flatMap(({ steps }) =>
      steps.flatMap((step) => {
        const target = step.kind === 'fault' ? operationOfFault(step) : undefined;
        return target === undefined ? [] : [steps.find(({ id }) => id === target)];
      }),
    ),
  );
  expect(aimed.length).toBeGreaterThan(50);
  for (const step of aimed) expect(step).toMatchObject({ kind: 'operation', name: 'chat' });
});

test('overlaps, barriers, both workers, several clients and every sort of fault occur', () => {
  const plans = sample();
  expect(someFail(plans, ({ phases }) => phases.length > 2)).toBe(true);
  expect(someFail(plans, ({ phases }) => phases.some(({ steps }) => steps.length > 2))).toBe(true);
  expect(someFail(plans, ({ clients }) => clients === 3)).toBe(true);
  for (const pin of [1, 2, undefined]) {
    expect(someFail(plans, (plan) => operationsOf(plan).some(({ worker }) => worker === pin))).toBe(true);
  }
  for (const on of ['worker', 'service', 'stream', 'client']) {
    expect(someFail(plans, (plan) => faultsOf(plan).some(({ fault }) => fault.on === on))).toBe(true);
  }
});

test('a shape without faults and with one worker gives plans without faults and pins', () => {
  const { faults: _, ...calm } = { ...exampleShape, workers: { memory: 1, gateway: 1 } };
  for (const plan of sample(calm)) {
    expect(faultsOf(plan)).toHaveLength(0);
    expect(operationsOf(plan).every(({ worker }) => worker === undefined)).toBe(true);
  }
});

test('inside fast-check plans shrink to few steps, one after the other, and keep the pins that matter', () => {
  const stale = (plan: Plan) => {
    const operations = operationsOf(plan);
    return operations.some(
      ({ name, args, worker }, at) =>
        name === 'write' &&
        operations.some(
          (read, later) =>
            later > at && read.name === 'read' && read.args.key === args.key && read.worker !== worker,
        ),
    );
  };
  const plan = smallest(stale);
  expect(stepsOf(plan).length).toBeLessThanOrEqual(3);
  expect(plan.phases).toHaveLength(stepsOf(plan).length);
  expect(faultsOf(plan)).toHaveLength(0);
  expect(plan.clients).toBe(1);
  expect(new Set(operationsOf(plan).map(({ worker }) => worker)).size).toBe(2);
});
