import { expect, test } from '@jest/globals';
import { stepOf } from '../../history/step-of.ts';
import type { Plan } from '../../plan/plan.ts';
import { uuidOf } from '../../workloads/workload.ts';
import type { LabStack } from '../lab-stack.ts';
import { nextRun, nonceOf } from './nonce.ts';

const plan: Plan = { version: 1, workload: 'w', seed: 3, path: '7', clients: 0, phases: [] };
const stack = () => ({}) as LabStack;

test('the same seed, path, salt and number make the same nonce, and any other another one', () => {
  const nonce = nonceOf(plan, '', 1);
  expect(nonceOf({ ...plan }, '', 1)).toBe(nonce);
  const others = [
    nonceOf(plan, '', 2),
    nonceOf(plan, 's', 1),
    nonceOf({ ...plan, seed: 4 }, '', 1),
    nonceOf({ seed: 3, path: '71' }, '', 1),
    nonceOf({ seed: 37, path: '' }, '', 1),
    nonceOf({ seed: 3 }, '7', 1),
  ];
  expect(new Set([nonce, ...others]).size).toBe(others.length + 1);
});

test('runs are counted for each lab, and a plan that shrinking made counts with the one that it came from', () => {
  const here = stack();
  const first = nextRun(here, plan);
  const smaller = nextRun(here, { ...plan, clients: 1 });
  expect([first.run, smaller.run]).toEqual([1, 2]);
  expect(smaller.nonce).not.toBe(first.nonce);
  expect(nextRun(here, plan, 'again').run).toBe(1);
  expect(nextRun(stack(), plan)).toEqual(first);
});

test('a nonce stands behind the id of a step, which is found again', () => {
  expect(stepOf(`o3-${nonceOf(plan, '', 1)}`)).toBe('o3');
});

test('names of a run make UUIDs in the shape of RFC 4122 that are the same in a run of the same name', () => {
  const uuid = uuidOf('abc', 'user1');
  expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidOf('abc', 'user1')).toBe(uuid);
  expect(uuidOf('abd', 'user1')).not.toBe(uuid);
  expect(uuidOf('abc', 'user2')).not.toBe(uuid);
});
