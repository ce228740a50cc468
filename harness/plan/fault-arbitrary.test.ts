import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { faultsOf, operationsOf, type Plan, servedOperation } from './plan.ts';
import { planArbitrary } from './plan-arbitrary.ts';
import type { WorkloadShape } from './workload-shape.ts';

/** A gateway with one model behind a link that is watched, and another one that is not. */
const shape: WorkloadShape = {
  name: 'gateway',
  service: 'gateway',
  clients: 3,
  workers: { gateway: 2, agent: 2 },
  operations: [
    { name: 'chat', weight: 2 },
    {
      name: 'stream',
      weight: 2,
      stream: true,
      args: fc.record({ model: fc.constantFrom('here', 'there') }),
      meets: (link, { model }) => link !== 'gateway>agent' || model === 'here',
    },
  ],
  faults: {
    worker: { services: ['gateway', 'agent'], actions: ['stop', 'kill'] },
    stream: {
      effects: ['cut', 'status', 'slow-first-token', 'slice', 'delay', 'throttle', 'refuse', 'half-open'],
      links: ['client>gateway', 'gateway>agent'],
    },
    client: { actions: ['abort', 'slow-read'] },
  },
};
const plans = fc.sample(planArbitrary(shape), { seed: 11, numRuns: 600 });
const disturbed = plans.filter((plan) => faultsOf(plan).length > 0);
const shareOf = (test: (plan: Plan) => boolean) => disturbed.filter(test).length / disturbed.length;

test('a cut on the link behind the gateway is met in every tenth plan with faults', () => {
  const share = shareOf((plan) =>
    faultsOf(plan).some(
      ({ fault }) => fault.on === 'stream' && fault.link === 'gateway>agent' && fault.effect.kind === 'cut',
    ),
  );
  expect(share).toBeGreaterThan(0.1);
});

test('a stream is only hit on a link that it comes over', () => {
  const models = disturbed.flatMap((plan) =>
    faultsOf(plan).flatMap(({ fault }) => {
      if (fault.on !== 'stream' || fault.link !== 'gateway>agent' || !('operation' in fault.target))
        return [];
      const { operation } = fault.target;
      return operationsOf(plan).find(({ id }) => id === operation)?.args.model ?? 'none';
    }),
  );
  expect(models.length).toBeGreaterThan(50);
  expect(new Set(models)).toEqual(new Set(['here']));
});

test('where nothing is asked of the provider all is hit on links, and where nothing is framed cuts count bytes', () => {
  const { stream, ...faults } = shape.faults ?? {};
  const bare = { ...faults, ...(stream ? { stream: { ...stream, provider: false, framed: false } } : {}) };
  const hits = fc
    .sample(planArbitrary({ ...shape, faults: bare }), { seed: 11, numRuns: 600 })
    .flatMap(faultsOf)
    .flatMap(({ fault }) => (fault.on === 'stream' ? [fault] : []));
  expect(hits.length).toBeGreaterThan(100);
  expect(new Set(hits.map(({ through }) => through))).toEqual(new Set(['wire']));
  expect(hits.filter(({ effect }) => effect.kind === 'cut').length).toBeGreaterThan(20);
  expect(hits.filter(({ effect }) => 'afterFrames' in effect)).toEqual([]);
});

test('workers are mostly hit because of what they serve, at both services, before and after the first frame', () => {
  const faults = disturbed.flatMap(faultsOf).filter(({ fault }) => fault.on === 'worker');
  const causal = faults.filter((step) => servedOperation(step) !== undefined);
  expect(causal.length / faults.length).toBeGreaterThan(0.5);
  const ways = new Set(
    causal.map(({ fault, when = { operation: '', afterFrames: -1 } }) => {
      const arrives =
        'atUpstream' in when ? 'arrives' : 'afterFrames' in when && when.afterFrames > 0 ? 'later' : 'sent';
      return `${'service' in fault ? fault.service : ''} ${arrives}`;
    }),
  );
  expect([...ways].sort()).toEqual(['agent arrives', 'agent later', 'gateway later', 'gateway sent']);
});

test('a causal target behind the subject names the link on which the wire sees it', () => {
  const links = disturbed
    .flatMap(faultsOf)
    .flatMap(({ fault }) =>
      fault.on === 'worker' && typeof fault.worker === 'object'
        ? [`${fault.service} ${fault.worker.link}`]
        : [],
    );
  expect(new Set(links)).toEqual(new Set(['gateway undefined', 'agent gateway>agent']));
});

test('without the wire no worker behind the subject is aimed at by what it serves', () => {
  const { stream: _, ...faults } = shape.faults ?? {};
  const served = fc
    .sample(planArbitrary({ ...shape, faults }), { seed: 11, numRuns: 300 })
    .flatMap(faultsOf)
    .filter((step) => servedOperation(step) !== undefined);
  expect(served.length).toBeGreaterThan(20);
  expect(new Set(served.map(({ fault }) => 'service' in fault && fault.service))).toEqual(
    new Set(['gateway']),
  );
});
