import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readBug } from '../../harness/lab/bug.ts';
import { parsePlan } from '../../harness/plan/parse-plan.ts';
import { faultsOf, operationsOf } from '../../harness/plan/plan.ts';
import { workloadOf } from '../../harness/workloads/catalogue.ts';
import type { WorkloadStack } from '../../harness/workloads/workload.ts';

const bugs = join(import.meta.dirname, '../../bugs');
const names = readdirSync(bugs).filter((name) => existsSync(join(bugs, name, 'bug.json')));

function readEntry(name: string) {
  const bug = readBug(readFileSync(join(bugs, name, 'bug.json'), 'utf8'), name);
  const plan = parsePlan(readFileSync(join(bugs, name, bug.plan), 'utf8'));
  const isFile = bug.workload.endsWith('.ts');
  return { bug, plan, workload: () => workloadOf(isFile ? join(bugs, name, bug.workload) : bug.workload) };
}

/** As much of a stack as a workload needs to say what it offers. */
const stackWith = (environment: Readonly<Record<string, string>>): WorkloadStack => ({
  workers: {},
  has: () => true,
  url: () => 'http://127.0.0.1:1',
  links: [],
  setting: (name) => environment[name],
});

test.each(names)(
  'the plan of %s asks for what its workload offers, and its checker is one of it',
  async (name) => {
    const { bug, plan, workload } = readEntry(name);
    const { name: called, shape, checks } = await workload();
    const stack = stackWith(bug.environment ?? {});
    expect(plan.workload).toBe(called);
    const offered = shape(stack).operations.map((operation) => operation.name);
    expect(offered).toEqual(expect.arrayContaining(operationsOf(plan).map((operation) => operation.name)));
    expect(checks(stack).map(({ checker }) => checker)).toContain(bug.checker);
  },
);

test.each(names)('%s came back at least 8 of 10 times, and each thing was taken away once', (name) => {
  const { bug, plan } = readEntry(name);
  const { reproduced = 0, of = 0 } = bug.measured ?? {};
  expect(of).toBeGreaterThanOrEqual(10);
  expect(reproduced / of).toBeGreaterThanOrEqual(0.8);
  const faults = faultsOf(plan).map(
    ({ id, fault }) => `without ${id} (${'action' in fault ? fault.action : fault.effect.kind})`,
  );
  const remedies = (bug.remedies ?? []).map(({ name }) => name);
  const together = operationsOf(plan).length > 1 ? ['all operations on one worker'] : [];
  const run = (bug.controls ?? []).filter((control) => control.of >= 10);
  expect(run.map((control) => control.name)).toEqual(['one worker', ...together, ...faults, ...remedies]);
});
