import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exampleShape } from '../example-shape.ts';
import type { JsonRecord } from '../json.ts';
import { parsePlan } from '../parse-plan.ts';
import { faultsOf, operationsOf, type Plan } from '../plan.ts';
import { serializePlan } from '../serialize-plan.ts';
import { coveringPlans } from './covering-plans.ts';
import { faultGround } from './fault-ground.ts';
import { coveredBy } from './fault-names.ts';
import { nameOf, pairGround } from './pair-ground.ts';

const lastReads = new Set(['read']);
const pairs = pairGround(exampleShape, lastReads);
const faults = faultGround(exampleShape);
const plansOf = (seed: number) => coveringPlans(exampleShape, { seed, lastReads, pairs, faults });

/** Pairs that stand next to each other in one lane of a plan, told without the names that the planner uses. */
function planned(plans: readonly Plan[]): ReadonlySet<string> {
  const seen = new Set<string>();
  for (const { phases } of plans) {
    for (const { steps } of phases) {
      const operations = steps.filter((step) => step.kind === 'operation');
      for (const [index, a] of operations.entries()) {
        const b = operations[index + 1];
        if (b?.client === a.client) seen.add(`${a.name}>${b.name} ${a.worker === b.worker}`);
        for (const other of operations) {
          if (other.client !== a.client) seen.add([a.name, other.name].sort().join('|'));
        }
      }
    }
  }
  return seen;
}

test('the ground has every pair that can meet, through the same and through another worker', () => {
  const names = pairs.map(nameOf);
  expect(names).toContain('write, then read through another worker');
  expect(names).toContain('read, write through the same worker, read');
  expect(names).toContain('read beside write through the same worker');
  expect(names).toContain('read beside write through another worker');
  // A chat goes to another service than the one whose workers are chosen.
  expect(names).toContain('chat, then chat');
  expect(names.filter((name) => name.startsWith('chat, then chat'))).toHaveLength(1);
  expect(new Set(names).size).toBe(names.length);
});

test('operations that share no key are no pair', () => {
  const apart = {
    ...exampleShape,
    operations: [
      { name: 'write', keys: ['a'] },
      { name: 'read', keys: ['b'] },
    ],
  };
  expect(pairGround(apart, lastReads).map(nameOf)).not.toContain('write, then read through another worker');
});

test('a cover has every pair next to each other or at once', () => {
  const seen = planned(plansOf(1));
  for (const [a, b] of [
    ['write', 'write'],
    ['write', 'read'],
    ['read', 'write'],
    ['read', 'read'],
  ]) {
    expect(seen).toContain(`${a}>${b} true`);
    expect(seen).toContain(`${a}>${b} false`);
  }
  for (const pair of ['read|write', 'read|read', 'write|write', 'chat|chat', 'chat|read']) {
    expect(seen).toContain(pair);
  }
});

test('a cover has every fault that the shape allows, at each place, with an operation of its phase under it', () => {
  const plans = plansOf(1);
  const covered = new Set(plans.flatMap((plan) => faultsOf(plan).map((step) => coveredBy(step))));
  expect([...covered].sort()).toEqual(faults.map(({ name }) => name).sort());
  expect(covered).toContain('cut before the first frame at the provider');
  expect(covered).toContain('cut inside a frame on gateway>litellm');
  expect(covered).toContain('kill a worker of memory between frames');
  for (const { phases } of plans) {
    for (const { steps } of phases) {
      if (steps.some(({ kind }) => kind === 'fault')) {
        expect(steps.some(({ kind }) => kind === 'operation')).toBe(true);
      }
    }
  }
});

test('through one worker a crowd asks the same, and who changes something looks at it while others are busy', () => {
  const crowds = plansOf(1).flatMap(({ phases }) =>
    phases.flatMap(({ steps }) => {
      const operations = steps.filter((step) => step.kind === 'operation');
      const isCrowd = new Set(operations.map(({ client }) => client)).size > 1;
      return isCrowd && steps.length === operations.length ? [operations] : [];
    }),
  );
  const writers = crowds.flatMap((crowd) =>
    crowd.filter(({ name }) => name === 'write').map((step) => ({ step, crowd })),
  );
  expect(writers.length).toBeGreaterThan(1);
  for (const { step, crowd } of writers) {
    const own = crowd.filter(({ client }) => client === step.client);
    expect(own.map(({ name }) => name)).toEqual(['write', 'read']);
  }
});

test('plans of a cover are plans of at most ten operations, and the same for the same seed', () => {
  for (const plan of plansOf(7)) {
    expect(parsePlan(serializePlan(plan))).toEqual(plan);
    expect(operationsOf(plan).length).toBeLessThanOrEqual(10);
  }
  expect(plansOf(7)).toEqual(plansOf(7));
  expect(plansOf(8)).not.toEqual(plansOf(7));
});

test('a fault on a link has an operation under it whose arguments lead there', () => {
  const meets = (link: string, { model }: JsonRecord) => link !== 'gateway>litellm' || model === 'a';
  const args = fc.record({ model: fc.constantFrom('a', 'b', 'c') });
  const operations = exampleShape.operations.map((operation) =>
    operation.stream ? { ...operation, args, meets } : operation,
  );
  const shape = { ...exampleShape, operations };
  const plans = coveringPlans(shape, { seed: 3, lastReads, pairs: [], faults: faultGround(shape) });
  let hit = 0;
  for (const plan of plans) {
    for (const { fault } of faultsOf(plan)) {
      if (fault.on !== 'stream' || fault.link === undefined || !('operation' in fault.target)) continue;
      const { operation } = fault.target;
      const target = operationsOf(plan).find(({ id }) => id === operation);
      expect(target?.args.model).toBe('a');
      hit += 1;
    }
  }
  expect(hit).toBeGreaterThan(5);
});

test('where the length of an answer is known, faults stand before its terminal event too', () => {
  const operations = exampleShape.operations.map((operation) =>
    operation.stream ? { ...operation, frames: 9 } : operation,
  );
  const names = faultGround({ ...exampleShape, operations }).map(({ name }) => name);
  expect(names).toContain('cut before the terminal at the provider');
  expect(names).toContain('a client hangs up before the terminal');
});

test('with one worker nothing is asked for through another', () => {
  const alone = { ...exampleShape, workers: { memory: 1, gateway: 1 } };
  const names = pairGround(alone, lastReads).map(nameOf);
  expect(names.some((name) => name.includes('through'))).toBe(false);
});

test('a worker is hit between an acknowledged change and what the same client asks next', () => {
  const hits = plansOf(1).flatMap((plan) =>
    faultsOf(plan).flatMap(({ when }) => (when && 'after' in when ? [{ plan, when }] : [])),
  );
  expect(hits.length).toBeGreaterThanOrEqual(4);
  for (const { plan, when } of hits) {
    const [after, before] = [when.after, when.before].map((id) =>
      operationsOf(plan).find((step) => step.id === id),
    );
    expect(after?.name).toBe('write');
    expect(before).toMatchObject({ name: 'read', client: after?.client, args: { key: after?.args.key } });
  }
});

test('a hang-up is in no plan with a broken link', () => {
  for (const plan of plansOf(1)) {
    const kinds = new Set(faultsOf(plan).map(({ fault }) => fault.on));
    expect(kinds.has('client') && kinds.has('stream')).toBe(false);
  }
});

test('what is answered in one piece is hung up and broken off too, once it is under way', () => {
  const operations = [...exampleShape.operations, { name: 'ask', service: 'gateway', whole: true }];
  const shape = { ...exampleShape, operations };
  const ground = faultGround(shape);
  const names = ground.map(({ name }) => name);
  expect(names).toContain('a client hangs up before the first frame, under a whole answer');
  expect(names).toContain('status 5xx on gateway>litellm, under a whole answer');
  for (const plan of coveringPlans(shape, { seed: 1, lastReads, pairs: [], faults: ground })) {
    for (const step of faultsOf(plan)) {
      const { fault } = step;
      if (fault.on !== 'client' || fault.action !== 'abort') continue;
      const target = operationsOf(plan).find(({ id }) => id === fault.operation);
      expect(['chat', 'ask']).toContain(target?.name);
      if (fault.afterFrames === 0) expect(fault.afterMs).toBeGreaterThan(100);
    }
  }
});

test('of a service behind the subject the worker is hit that serves a stream', () => {
  const stream = { effects: ['cut'], links: ['memory>gateway'] } as const;
  const operations = [{ name: 'ask', stream: true }];
  const worker = { services: ['gateway'], actions: ['kill'] } as const;
  const ground = faultGround({ ...exampleShape, operations, faults: { worker, stream } });
  const aims = ground.filter(({ name }) => name.startsWith('kill')).map(({ aim }) => aim('o1'));
  expect(aims.map(({ when }) => when)).toEqual([
    undefined,
    { operation: 'o1', atUpstream: 'arrived', link: 'memory>gateway' },
    { operation: 'o1', afterFrames: 2 },
  ]);
  expect(aims[2]?.fault).toMatchObject({ worker: { serves: 'o1', link: 'memory>gateway' } });
});
