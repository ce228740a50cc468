import { completionOf, type Workload } from '../../harness/workloads/workload.ts';

/** Requests of two users to a service that admits five of each in windows of ten seconds, which begin with the first one. */
export default {
  name: 'express-rate-limit',
  service: 'memory',
  summary: 'more requests of a user than express-rate-limit admits',
  shape: ({ workers }) => ({
    name: 'express-rate-limit',
    service: 'memory',
    clients: 3,
    workers: { memory: workers.memory ?? 1 },
    operations: [{ name: 'ask', keys: ['ann', 'bob'] }],
    maxPhases: 2,
    maxSteps: 16,
  }),
  checks: () => [{ checker: 'limit', window: 'fixed', limit: 5, windowMs: 10_000, begins: 'request' }],
  prepare: async ({ nonce }) => ({
    meaning: () => ({ does: 'request' }),
    perform: async ({ key }, client) =>
      completionOf(await client.request({ path: `/users/${key}-${nonce}` })),
  }),
} satisfies Workload;
