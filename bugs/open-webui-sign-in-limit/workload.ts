import { completionOf, type Workload } from '../../harness/workloads/workload.ts';

/** Wrong passwords for one account: Open WebUI takes 15 in about three minutes (`signin_rate_limiter`). */
export default {
  name: 'open-webui-sign-ins',
  service: 'open-webui',
  summary: 'more wrong passwords for an account than Open WebUI admits',
  shape: ({ workers }) => ({
    name: 'open-webui-sign-ins',
    service: 'open-webui',
    clients: 3,
    workers: { 'open-webui': workers['open-webui'] ?? 1 },
    operations: [{ name: 'guess', keys: ['ann'] }],
    maxPhases: 2,
    maxSteps: 24,
  }),
  checks: () => [{ checker: 'limit', window: 'sliding', limit: 15, windowMs: 180_000 }],
  prepare: async ({ nonce }) => ({
    meaning: () => ({ does: 'request' }),
    perform: async ({ key, id }, client) => {
      const body = { email: `${key}-${nonce}@gauntlet.test`, password: id };
      const answer = await client.request({ path: '/api/v1/auths/signin', body });
      // A wrong password was looked at, and so counts as admitted.
      return answer.status === 400 ? { type: 'ok', status: 400 } : completionOf(answer);
    },
  }),
} satisfies Workload;
