import { expect, test } from '@jest/globals';
import { operationsOf } from '../plan/plan.ts';
import type { Workload } from '../workloads/workload.ts';
import type { LabStack } from './lab-stack.ts';
import { nextPlan } from './next-plan.ts';

const stack = { workers: { web: 2 }, links: [], record: { services: {} } } as unknown as LabStack;
const workload: Workload = {
  name: 'mine',
  service: 'web',
  summary: 'two things that are set',
  shape: ({ workers }) => ({
    name: 'mine',
    service: 'web',
    clients: 1,
    workers,
    operations: [{ name: 'set', keys: ['a'] }],
  }),
  checks: () => [],
  lastReads: { a: ['get', 'count'], b: 'get' },
  prepare: () => Promise.reject(new Error('never')),
};

test('a plan ends with every read of its keys through each worker, each under a name of its own', () => {
  const plan = nextPlan(workload, stack, 1, 0);
  const last = operationsOf({ ...plan, phases: plan.phases.slice(-1) });
  expect(last.map(({ name, worker, args }) => `${name} ${args.key} w${worker}`)).toEqual([
    'get a w1',
    'get a w2',
    'count a w1',
    'count a w2',
  ]);
  expect(new Set(operationsOf(plan).map(({ id }) => id)).size).toBe(operationsOf(plan).length);
});
