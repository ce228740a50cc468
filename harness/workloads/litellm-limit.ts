import { chat } from './chat-call.ts';
import type { Workload } from './workload.ts';

const limit = 2;
const windowMs = 60_000;

/**
 * A LiteLLM proxy with keys that may ask so often a minute. `LITELLM_CONFIG` names a configuration whose keys are those of
 * `stubs/hooks/keys.py`: what a key may is in its name, so that every run has one of its own.
 */
export const litellmLimit: Workload = {
  name: 'litellm-limit',
  service: 'litellm',
  summary:
    'more requests of a key than it may have in a minute, by the configuration that LITELLM_CONFIG names',
  shape: ({ workers }) => ({
    name: 'litellm-limit',
    service: 'litellm',
    clients: 3,
    workers: { litellm: workers.litellm ?? 1 },
    operations: [{ name: 'ask' }],
    maxSteps: 6,
  }),
  checks: () => [{ checker: 'limit', window: 'fixed', limit, windowMs, begins: 'request' }],
  prepare: async ({ nonce }) => {
    const headers = { authorization: `Bearer sk-minute-${limit}-${nonce}` };
    return {
      meaning: () => ({ does: 'request', key: 'the key' }),
      perform: async ({ mark }, client) => {
        const body = { model: 'scripted', messages: [{ role: 'user', content: `Hello ${mark}` }] };
        const { type, status, error } = await chat(client, body, headers);
        return {
          type,
          ...(status === undefined ? {} : { status }),
          ...(error === undefined ? {} : { error }),
        };
      },
    };
  },
};
