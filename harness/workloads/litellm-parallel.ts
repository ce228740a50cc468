import { gauntletError } from '../errors.ts';
import { chat } from './chat-call.ts';
import type { Workload } from './workload.ts';

const variable = 'LITELLM_MAX_PARALLEL_REQUESTS';
/** Long enough that requests which are admitted together are upstream together. */
const firstTokenMs = 300;

/** A LiteLLM proxy with a limit of requests at once to the model API, which counts over all workers. */
export const litellmParallel: Workload = {
  name: 'litellm-parallel',
  service: 'litellm',
  summary: `more requests at once than ${variable} says that the proxy passes on`,
  shape: ({ workers }) => ({
    name: 'litellm-parallel',
    service: 'litellm',
    clients: 4,
    workers: { litellm: workers.litellm ?? 1 },
    operations: [{ name: 'ask' }],
    maxPhases: 2,
    maxSteps: 6,
  }),
  checks: ({ setting }) => {
    const limit = Number(setting(variable));
    if (!Number.isInteger(limit) || limit < 1)
      throw gauntletError('GNT_USAGE', `${variable} must say how many requests at once the proxy allows.`);
    return [{ checker: 'limit', window: 'concurrent', limit }];
  },
  prepare: async ({ stack }) => {
    const headers = { authorization: `Bearer ${stack.setting('LITELLM_MASTER_KEY')}` };
    return {
      meaning: () => ({ does: 'call', key: 'model API' }),
      perform: async ({ mark }, client) => {
        const content = `Hello ${mark} [[say=hello ttft=${firstTokenMs}]]`;
        return chat(client, { model: 'scripted', messages: [{ role: 'user', content }] }, headers);
      },
    };
  },
};
