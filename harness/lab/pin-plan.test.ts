import { expect, test } from '@jest/globals';
import type { History } from '../history/events.ts';
import type { Plan } from '../plan/plan.ts';
import { isLoose, pinPlan } from './pin-plan.ts';

const plan: Plan = {
  version: 1,
  workload: 'memory',
  seed: 1,
  clients: 1,
  phases: [
    {
      steps: [
        { kind: 'operation', id: 'o1', client: 1, worker: 2, name: 'edit', args: { key: 'note1' } },
        { kind: 'operation', id: 'o2', client: 1, name: 'read', args: { key: 'note1' } },
        { kind: 'operation', id: 'o3', client: 1, name: 'read', args: { key: 'note1' } },
      ],
    },
  ],
};
const completion = { client: 1, process: 1, at: 1, type: 'ok' } as const;
const history: History = {
  header: { type: 'header', version: 1, workload: 'memory', planHash: '', subject: '', checks: [] },
  events: [
    { ...completion, op: 'o1-ab', worker: { index: 1, pid: 10 } },
    { ...completion, op: 'o2-ab', worker: { index: 2, pid: 20 } },
    { ...completion, op: 'o3-ab' },
  ],
};

test('an operation is pinned to the worker that served it; planned pins and unknown workers stay', () => {
  const workers = pinPlan(plan, history).phases[0]?.steps.map((step) => 'worker' in step && step.worker);
  expect(workers).toEqual([2, 2, false]);
  expect(isLoose(plan)).toBe(true);
});
