import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { chat, chatBody, chatChecks, chatMeaning, stream, streamBody, withMishap } from './chat-call.ts';
import type { PlanRun, PreparedRun, Workload } from './workload.ts';

/** Two keys of one provider, and a model that nobody serves with another behind it: `stubs/hooks/ha.yaml` offers both. */
const models = { keys: 'scripted-cooling', fallback: 'scripted-absent' } as const;
/** As long as the configuration has a key rest, less what clocks and a busy machine may take. */
const restMs = 3_500;
/** LiteLLM reads cooldowns of its siblings once a second. */
const learnedMs = 1_500;
/** One, and two retries. */
const most = 3;

/** What the first key that is asked does, as directives of the provider: those that follow answer well. */
const mishaps: Readonly<Record<string, string>> = {
  none: '',
  limited: 'status=429 times=1',
  failing: 'status=503 times=1',
  // Never drawn: LiteLLM with drop_params answers it with nothing (bugs/litellm-null-answer), whatever else is looked for.
  unprocessable: 'status=422',
};
const drawn = Object.keys(mishaps).filter((name) => name !== 'unprocessable');

/**
 * A LiteLLM proxy with several keys for a model and another model behind one that is gone: each call is answered once, in
 * few attempts, and a key that was refused rests on every worker. `LITELLM_CONFIG` names a configuration that has both.
 */
export const litellmRouting: Workload = {
  name: 'litellm-routing',
  service: 'litellm',
  summary:
    'retries, fallbacks and resting keys over all workers, by the configuration that LITELLM_CONFIG names',
  shape: ({ workers }) => ({
    name: 'litellm-routing',
    service: 'litellm',
    clients: 3,
    workers: { litellm: workers.litellm ?? 1 },
    operations: [
      { name: 'chat', weight: 4, args: mishapArgs },
      { name: 'stream', weight: 2, args: mishapArgs, stream: true },
      { name: 'fall-back' },
      // Time passes, so that others can have learned what they must.
      { name: 'pause' },
    ],
    maxSteps: 8,
    faults: { worker: { services: ['litellm'], actions: ['stop'] }, revertAfterMs: 500 },
  }),
  checks: () => [
    ...chatChecks.filter(({ checker }) => checker !== 'refusals'),
    { checker: 'exactly-once' },
    { checker: 'attempts', most, restMs, learnedMs },
  ],
  prepare: async (run) => prepareRun(run),
};

const mishapArgs = fc.record({ mishap: fc.constantFrom(...drawn) });

function prepareRun({ plan, stack }: PlanRun): PreparedRun {
  const headers = { authorization: `Bearer ${stack.setting('LITELLM_MASTER_KEY')}` };
  return {
    meaning: (operation) =>
      operation.name === 'pause' ? { does: 'other', key: 'time' } : chatMeaning(operation),
    perform: async (operation, client) => {
      const planned = withMishap(operation, mishaps[String(operation.step.args.mishap ?? 'none')] ?? '');
      switch (operation.name) {
        case 'chat':
          return chat(client, chatBody(planned, models.keys, plan), headers);
        case 'stream':
          return stream(client, streamBody(planned, models.keys, plan), headers);
        case 'fall-back':
          return chat(client, chatBody(planned, models.fallback, plan), headers);
        default:
          await delay(learnedMs);
          return { type: 'ok' };
      }
    },
  };
}
