import { createHash } from 'node:crypto';
import type { Plan } from '../../plan/plan.ts';
import type { LabStack } from '../lab-stack.ts';

/** What tells one run of a plan from every other on the same store, and makes the same names when it is run so again. */
export interface RunName {
  readonly salt: string;
  /** The n-th run of this seed and path on this lab, from 1. */
  readonly run: number;
  readonly nonce: string;
}

/**
 * The nonce of a run: what is sharded by a hash of names that are made of it replays. Plans that shrinking makes of one share
 * its seed and path, so they are counted together.
 */
export function nonceOf({ seed, path = '' }: Pick<Plan, 'seed' | 'path'>, salt: string, run: number): string {
  return createHash('sha256')
    .update(JSON.stringify([seed, path, salt, run]))
    .digest('hex')
    .slice(0, 10);
}

const runs = new WeakMap<LabStack, Map<string, number>>();

/** Names the next run of a plan on a stack. */
export function nextRun(stack: LabStack, plan: Plan | Pick<Plan, 'seed' | 'path'>, salt = ''): RunName {
  const counts = runs.get(stack) ?? new Map<string, number>();
  runs.set(stack, counts);
  const key = JSON.stringify([plan.seed, plan.path ?? '', salt]);
  const run = (counts.get(key) ?? 0) + 1;
  counts.set(key, run);
  return { salt, run, nonce: nonceOf(plan, salt, run) };
}
