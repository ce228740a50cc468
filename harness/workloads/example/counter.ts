import { completionOf, type Workload } from '../workload.ts';

/** The workload of docs/write-a-workload.md: counters that are increased and read. */
export default {
  name: 'counter',
  service: 'memory',
  summary: 'counters increased and read',
  shape: ({ workers }) => ({
    name: 'counter',
    service: 'memory',
    clients: 3,
    workers,
    operations: [
      { name: 'increase', weight: 2, keys: ['visits', 'votes'] },
      { name: 'look', keys: ['visits', 'votes'] },
    ],
  }),
  checks: () => [{ checker: 'lost-update' }, { checker: 'duplicate-effect' }, { checker: 'stale-read' }],
  lastReads: { visits: 'look', votes: 'look' },
  prepare: async ({ nonce }) => ({
    initial: () => ({ visits: 0, votes: 0 }),
    meaning: ({ name }) => (name === 'increase' ? { does: 'increment', value: 1 } : { does: 'count' }),
    perform: async ({ name, key }, client) => {
      const path = `/counters/${key}-${nonce}`;
      const answer = await client.request({ path, method: name === 'increase' ? 'POST' : 'GET' });
      if (name === 'increase') return completionOf(answer);
      return completionOf(answer, () => answer.json<{ count: number }>().count);
    },
  }),
} satisfies Workload;
