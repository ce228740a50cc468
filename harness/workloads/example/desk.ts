import fc from 'fast-check';
import { completionOf, type Workload } from '../workload.ts';
import { bucket } from './desk-service.ts';

/** Jobs put in and taken, a lease, and visitors who are let in one by one. */
export default {
  name: 'desk',
  service: 'memory',
  summary: 'jobs taken, a lease held, visitors let in',
  shape: ({ workers }) => ({
    name: 'desk',
    service: 'memory',
    clients: 3,
    workers,
    operations: [
      { name: 'put', weight: 2, keys: ['jobs'], args: fc.record({ jobs: fc.integer({ min: 1, max: 3 }) }) },
      { name: 'take', weight: 2, keys: ['jobs'] },
      { name: 'claim', weight: 2, keys: ['lease'] },
      { name: 'free', keys: ['lease'] },
      { name: 'visit', weight: 3, keys: ['visitor'] },
    ],
  }),
  checks: () => [
    { checker: 'jobs', delivery: 'exactly-once' },
    { checker: 'one-holder' },
    { checker: 'limit', window: 'bucket', ...bucket },
  ],
  lastReads: { jobs: 'take' },
  prepare: async ({ nonce }) => {
    const jobsOf = (id: string, count: unknown) =>
      Array.from({ length: Number(count ?? 1) }, (_, place) => `${id}.${place}`);
    const actions = {
      put: 'enqueue',
      take: 'deliver',
      claim: 'acquire',
      free: 'release',
      visit: 'request',
    } as const;
    return {
      meaning: ({ id, name, step }) => {
        const does = actions[name as keyof typeof actions];
        if (name === 'put') return { does, value: jobsOf(id, step.args.jobs) };
        return { does };
      },
      perform: async ({ id, name, key, step }, client) => {
        const thing = `${key}-${nonce}`;
        const body = { who: `client ${step.client}` };
        switch (name) {
          case 'put':
            return completionOf(
              await client.request({ path: `/jobs/${thing}`, body: jobsOf(id, step.args.jobs) }),
            );
          case 'take': {
            const answer = await client.request({ path: `/jobs/${thing}/take`, method: 'POST' });
            return completionOf(answer, () => answer.json<string[]>());
          }
          case 'visit':
            return completionOf(await client.request({ path: `/visits/${thing}`, method: 'POST' }));
          default: {
            const method = name === 'claim' ? 'POST' : 'DELETE';
            const answer = await client.request({ path: `/leases/${thing}`, method, body });
            // Whoever else has it: this is a refusal, whatever the status means elsewhere.
            return answer.status === 409 ? { type: 'fail', error: 'held by another' } : completionOf(answer);
          }
        }
      },
    };
  },
} satisfies Workload;
