import {
  completionOf,
  type PlanRun,
  type PreparedRun,
  uuidOf,
  type Workload,
  type WorkloadStack,
} from './workload.ts';

/** So many requests are left when the plan begins: most plans are longer than that. */
const left = 2;
const windowMs = 60_000;

/** The limit of requests per user and minute, which counts over all workers. Most of it is used up beforehand. */
export const memoryLimit: Workload = {
  name: 'memory-limit',
  service: 'memory',
  summary: 'more requests of one user than the memory service admits',
  shape: ({ workers }) => ({
    name: 'memory-limit',
    service: 'memory',
    clients: 6,
    workers: { memory: workers.memory ?? 1 },
    operations: [{ name: 'ask', keys: ['user'] }],
    maxPhases: 2,
  }),
  checks: () => [{ checker: 'limit', limit: left, window: 'sliding', windowMs }],
  prepare: async (run) => prepareRun(run),
};

const limitOf = (stack: WorkloadStack): number => Number(stack.setting('MEMORY_RATE_LIMIT_PER_MINUTE') || 60);

async function prepareRun({ stack, client, nonce }: PlanRun): Promise<PreparedRun> {
  const path = `/memories/list?user_id=${uuidOf(nonce, 'user')}&limit=1`;
  const used = Math.max(0, limitOf(stack) - left);
  const answers = await Promise.all(Array.from({ length: used }, () => client.request({ path })));
  const refused = answers.find(({ status }) => status !== 200);
  if (refused) throw new Error(`a request within the limit was answered ${refused.status} ${refused.text}`);
  return {
    meaning: () => ({ does: 'request' }),
    perform: async (_, own) => completionOf(await own.request({ path })),
  };
}
