import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exampleShape } from './example-shape.ts';
import { parsePlan } from './parse-plan.ts';
import { type FaultStep, faultsOf, operationsOf, type Plan, stepsOf } from './plan.ts';
import { planArbitrary } from './plan-arbitrary.ts';
import { serializePlan } from './serialize-plan.ts';
import { shrink } from './shrink.ts';
import { shrinkCandidates } from './shrink-candidates.ts';

const plans = planArbitrary(exampleShape);
const count = (plan: Plan, name: string) => operationsOf(plan).filter((step) => step.name === name).length;

test('every candidate is itself a plan, and never the one it came from', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const text = serializePlan(plan);
      for (const candidate of shrinkCandidates(plan)) {
        expect(parsePlan(serializePlan(candidate))).toEqual(candidate);
        expect(serializePlan(candidate)).not.toBe(text);
      }
    }),
    { numRuns: 60 },
  );
});

test('shrinking ends without a budget, and what comes out fails and cannot be made simpler', async () => {
  const fails = (plan: Plan) => count(plan, 'write') >= 1 && count(plan, 'read') >= 1;
  await fc.assert(
    fc.asyncProperty(plans.filter(fails), async (plan) => {
      const small = await shrink(plan, async (candidate) => fails(candidate), Number.POSITIVE_INFINITY);
      expect(small.exhausted).toBe(false);
      expect(fails(small.plan)).toBe(true);
      expect(stepsOf(small.plan)).toHaveLength(2);
      expect(small.plan).toMatchObject({ clients: 1, phases: [expect.anything()] });
      expect([...shrinkCandidates(small.plan)].some(fails)).toBe(false);
    }),
    { numRuns: 60 },
  );
});

/** A worker fault that speaks of no operation. */
const isNumbered = ({ fault, when }: FaultStep) =>
  fault.on === 'worker' && typeof fault.worker === 'number' && !when;

test('a fault, a pin and a barrier that are needed stay', async () => {
  const fails = async ({ phases }: Plan) =>
    phases.length === 2 &&
    phases[0]?.steps.some((step) => step.kind === 'fault' && isNumbered(step)) === true &&
    phases[1]?.steps.some((step) => step.kind === 'operation' && step.worker === 2) === true;
  const found = fc.sample(plans, { seed: 3, numRuns: 5_000 });
  const [plan] = (await Promise.all(found.map(async (each) => ((await fails(each)) ? [each] : [])))).flat();
  if (!plan) throw new Error('no plan of the sample fails');
  const small = (await shrink(plan, fails, 1_000)).plan;
  expect(await fails(small)).toBe(true);
  expect(faultsOf(small)).toHaveLength(1);
  expect(operationsOf(small)).toHaveLength(1);
});

test('arguments get simpler, texts only become texts of other operations', async () => {
  const step = (id: string, key: string, limit: number) =>
    ({ kind: 'operation', id, client: 1, name: 'read', args: { key, limit } }) as const;
  const steps = [step('o1', 'a', 9), step('o2', 'b', 70)];
  const plan: Plan = { version: 1, workload: 'w', seed: 0, clients: 1, phases: [{ steps }] };
  const fails = async (each: Plan) =>
    operationsOf(each).length === 2 && operationsOf(each).some(({ args }) => Number(args.limit) >= 17);
  const small = (await shrink(plan, fails, 1_000)).plan;
  expect(operationsOf(small).map(({ args }) => args)).toEqual([
    { key: 'a', limit: 0 },
    { key: 'a', limit: 17 },
  ]);
});

test('the budget bounds the plans that are tried, and the best so far comes out', async () => {
  const [plan] = fc.sample(
    plans.filter((each) => operationsOf(each).length > 6 && each.phases.length > 4),
    { seed: 5, numRuns: 1 },
  );
  if (!plan) throw new Error('no plan');
  let runs = 0;
  const small = await shrink(
    plan,
    async () => {
      runs += 1;
      return true;
    },
    3,
  );
  expect(small).toMatchObject({ exhausted: true, asked: 3 });
  expect(runs).toBe(3);
  expect(stepsOf(small.plan).length).toBeLessThan(stepsOf(plan).length);
});
