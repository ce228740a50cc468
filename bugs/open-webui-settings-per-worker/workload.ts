import { must, signedIn } from '../../harness/workloads/open-webui-session.ts';
import { completionOf, type Workload } from '../../harness/workloads/workload.ts';

const path = '/api/v1/configs/models';

interface Settings {
  readonly DEFAULT_MODELS: string | null;
}

/** The model that chats begin with, as an administrator sets it. */
export default {
  name: 'open-webui-settings',
  service: 'open-webui',
  summary: 'a setting of Open WebUI, changed and read on every worker',
  shape: ({ workers }) => ({
    name: 'open-webui-settings',
    service: 'open-webui',
    clients: 2,
    workers: { 'open-webui': workers['open-webui'] ?? 1 },
    operations: [
      { name: 'set', keys: ['default'] },
      { name: 'get', keys: ['default'] },
    ],
    maxSteps: 6,
  }),
  checks: () => [{ checker: 'stale-read' }, { checker: 'read-your-writes' }, { checker: 'monotonic-reads' }],
  lastReads: { default: 'get' },
  sharedKeys: ['default'],
  prepare: async ({ stack, client }) => {
    const headers = await signedIn(stack, client);
    const before = await must<Settings>(client, { path, headers });
    return {
      meaning: ({ name, id }) => (name === 'set' ? { does: 'write', value: id } : { does: 'read' }),
      perform: async ({ name, id }, own) => {
        if (name === 'set') {
          const body = { ...before, DEFAULT_MODELS: id };
          return completionOf(await own.request({ path, body, headers }));
        }
        const answer = await own.request({ path, headers });
        return completionOf(answer, () => answer.json<Settings>().DEFAULT_MODELS);
      },
    };
  },
} satisfies Workload;
