import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { atOnce, beside, inSequence, oneAfterTheOther, repeated } from './combine-plans.ts';
import { exampleShape } from './example-shape.ts';
import { nearbyPlans } from './nearby-plans.ts';
import { parsePlan } from './parse-plan.ts';
import { forOneWorker } from './pinned.ts';
import { faultsOf, operationsOf, type Plan, stepsOf } from './plan.ts';
import { planArbitrary } from './plan-arbitrary.ts';
import { serializePlan } from './serialize-plan.ts';

const plans = planArbitrary(exampleShape);
const isPlan = (plan: Plan) => expect(parsePlan(serializePlan(plan))).toEqual(plan);

test('whatever is made of plans is itself a plan, and never the one it came from', () => {
  fc.assert(
    fc.property(plans, plans, (plan, other) => {
      for (const near of nearbyPlans(plan, { workers: 2, preceding: [other], causal: other })) {
        isPlan(near.plan);
        expect(serializePlan(near.plan)).not.toBe(serializePlan(plan));
      }
      for (const made of [repeated(plan, 3), beside(plan, 3), inSequence(plan), atOnce(plan)]) isPlan(made);
      isPlan(oneAfterTheOther([plan, other]));
      isPlan(forOneWorker(plan));
    }),
    { numRuns: 60 },
  );
});

test('a repetition has all steps again, and its faults speak of its own operations', () => {
  const [plan] = fc.sample(
    plans.filter((each) => faultsOf(each).some(({ fault }) => fault.on === 'client')),
    { seed: 1, numRuns: 1 },
  );
  if (!plan) throw new Error('no plan');
  const twice = repeated(plan, 2);
  expect(stepsOf(twice)).toHaveLength(2 * stepsOf(plan).length);
  expect(twice.phases.slice(0, plan.phases.length)).toEqual(plan.phases);
  const again = faultsOf(twice).findLast(({ fault }) => fault.on === 'client');
  expect(again?.fault).toMatchObject({ operation: expect.stringMatching(/x2$/) });
});

test('beside each other, the copies have clients of their own and share the faults', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const three = beside(plan, 3);
      expect(operationsOf(three)).toHaveLength(3 * operationsOf(plan).length);
      expect(faultsOf(three)).toHaveLength(faultsOf(plan).length);
      expect(three.phases).toHaveLength(plan.phases.length);
    }),
    { numRuns: 30 },
  );
});

test('on one worker nothing is pinned, and faults of workers hit the first', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const alone = forOneWorker(plan);
      expect(operationsOf(alone).every(({ worker }) => worker === undefined)).toBe(true);
      expect(faultsOf(alone)).toHaveLength(faultsOf(plan).length);
      for (const { fault } of faultsOf(alone))
        if (fault.on === 'worker' && typeof fault.worker === 'number') expect(fault.worker).toBe(1);
    }),
    { numRuns: 60 },
  );
});

test('what ran before comes first, as far as it is not too long', () => {
  const [plan, ...before] = fc.sample(
    plans.filter((each) => faultsOf(each).length === 0),
    { seed: 2, numRuns: 100 },
  );
  if (!plan) throw new Error('no plan');
  const near = nearbyPlans(plan, { workers: 2, preceding: before }).at(-1);
  expect(near?.what).toMatch(/^after the \d+ plans/);
  const operations = operationsOf(near?.plan ?? plan);
  expect(operations.length).toBeLessThanOrEqual(300);
  expect(operations.length).toBeGreaterThan(280);
  expect(operations.at(-1)?.name).toBe(operationsOf(plan).at(-1)?.name);
});
