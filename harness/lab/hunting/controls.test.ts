import type { RequestListener } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import type { OperationStep, Plan } from '../../plan/plan.ts';
import counter from '../../workloads/example/counter.ts';
import { openTestLab, type TestLab } from '../test-lab.ts';
import { controlLines, needsTwoWorkers, oneWorker, runControls } from './controls.ts';
import type { Control } from './finding.ts';
import { Runner } from './runner.ts';
import type { Subject } from './subject.ts';

const labs: TestLab[] = [];
afterEach(() => {
  for (const lab of labs.splice(0)) lab.close();
});

/** A careless counter shows nothing of what it was told. */
async function openCounter(isCareless: boolean): Promise<TestLab> {
  const counts = new Map<string, number>();
  const listener: RequestListener = ({ method, url = '' }, response) => {
    if (method === 'POST' && !isCareless) counts.set(url, (counts.get(url) ?? 0) + 1);
    response.end(JSON.stringify({ count: counts.get(url) ?? 0 }));
  };
  const lab = await openTestLab(counter, () => listener);
  labs.push(lab);
  return lab;
}

const step = (id: string, name: string): OperationStep => ({
  kind: 'operation',
  id,
  client: 1,
  name,
  args: { key: 'visits' },
});
const plan: Plan = {
  version: 1,
  workload: 'counter',
  seed: 1,
  clients: 1,
  phases: [{ steps: [step('o1', 'increase'), step('o2', 'look')] }],
};
const always = { reproduced: 10, of: 10, outcomes: [] };
const never = new AbortController().signal;

test('with one worker the plan is run on the lab that has one, ten times', async () => {
  const careless = await openCounter(true);
  const sound = await openCounter(false);
  const subject: Subject = { ...careless.subject, withOneWorker: (use) => use(sound.lab, sound.subject) };
  const runner = new Runner(careless.lab, { subject });
  const controls = await runControls(runner, { plan, checkers: ['stale-read'], rate: always }, never);
  expect(controls).toEqual([{ name: oneWorker, reproduced: 0, of: 10 }]);
  expect(controlLines(controls, always)).toEqual([
    'needs two workers: yes (10 of 10 with two, 0 of 10 with one)',
  ]);
});

test('what shows with one worker as well does not need two', async () => {
  const careless = await openCounter(true);
  const subject: Subject = {
    ...careless.subject,
    withOneWorker: (use) => use(careless.lab, careless.subject),
  };
  const runner = new Runner(careless.lab, { subject });
  const controls = await runControls(runner, { plan, checkers: ['stale-read'], rate: always }, never);
  expect(controlLines(controls, always)).toEqual([
    'needs two workers: no (10 of 10 with two, 10 of 10 with one)',
  ]);
});

test('every fault is taken away in turn', async () => {
  const careless = await openCounter(true);
  const runner = new Runner(careless.lab, { subject: careless.subject });
  const fault = { on: 'client', action: 'abort', operation: 'o2', afterFrames: 1 } as const;
  const [first] = plan.phases;
  const disturbed = {
    ...plan,
    phases: [{ steps: [...(first?.steps ?? []), { kind: 'fault', id: 'f1', fault }] }],
  };
  const finding = { plan: disturbed as Plan, checkers: ['stale-read'], rate: always };
  const controls = await runControls(runner, finding, never);
  expect(controls).toContainEqual({ name: 'without f1 (abort)', reproduced: 10, of: 10 });
});

test('where one worker cannot be had, that is said and nothing is claimed', async () => {
  const careless = await openCounter(true);
  const runner = new Runner(careless.lab, { subject: careless.subject });
  const controls = await runControls(runner, { plan, checkers: ['stale-read'], rate: always }, never);
  expect(controls).toMatchObject([{ name: oneWorker, of: 0, why: 'it is a part of the test' }]);
  expect(controlLines(controls, always)).toEqual(['needs two workers: not known (it is a part of the test)']);
});

test('one that seldom comes back says nothing by its absence', () => {
  const alone = (reproduced: number): readonly Control[] => [{ name: oneWorker, reproduced, of: 10 }];
  expect(needsTwoWorkers(alone(0), { reproduced: 2, of: 10 })).toBe('not known');
  expect(needsTwoWorkers(alone(2), { reproduced: 10, of: 10 })).toBe('mostly');
  expect(needsTwoWorkers(alone(5), { reproduced: 10, of: 10 })).toBe('no');
  expect(needsTwoWorkers([], { reproduced: 10, of: 10 })).toBe('not known');
});
