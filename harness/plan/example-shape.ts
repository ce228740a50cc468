import fc from 'fast-check';
import { clientActions, linkActions, serviceActions, streamEffects, workerActions } from './fault.ts';
import type { WorkloadShape } from './workload-shape.ts';

/** A workload with everything that plans can have, for tests and benchmarks. */
export const exampleShape: WorkloadShape = {
  name: 'example',
  service: 'memory',
  clients: 3,
  workers: { memory: 2, gateway: 3 },
  operations: [
    { name: 'write', keys: ['a', 'b'], weight: 2 },
    { name: 'read', keys: ['a', 'b'], args: fc.record({ limit: fc.nat(100) }) },
    { name: 'chat', service: 'gateway', stream: true },
  ],
  faults: {
    worker: { services: ['memory', 'gateway'], actions: workerActions },
    service: { services: ['memory'], actions: serviceActions },
    link: { links: ['memory>postgres'], actions: linkActions },
    stream: { effects: streamEffects, links: ['gateway>litellm'] },
    client: { actions: clientActions },
  },
};
