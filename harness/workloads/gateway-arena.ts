import { setTimeout as delay } from 'node:timers/promises';
import { operationsOf } from '../plan/plan.ts';
import { completionOf, demand, type PlanRun, type PreparedRun, type Workload } from './workload.ts';

/** As long as the gateway makes voters read; it refuses votes that come sooner. */
const readingMs = (setting: PlanRun['stack']['setting']) => Number(setting('ARENA_MIN_VOTE_AGE_MS') || 1_000);
const battles = ['battle1', 'battle2'] as const;
const links = ['gateway>postgres'];
const dayMs = 86_400_000;

/** Votes on the arena of the gateway: each battle takes one, whoever is first, over all workers together. */
export const gatewayArena: Workload = {
  name: 'gateway-arena',
  service: 'gateway',
  summary: 'several votes on the same battles of the arena, of which each may count one',
  shape: ({ workers }) => ({
    name: 'gateway-arena',
    service: 'gateway',
    clients: 4,
    workers: { gateway: workers.gateway ?? 1 },
    operations: [{ name: 'vote', keys: battles }],
    maxPhases: 3,
    faults: { link: { links, actions: ['lag', 'sever'] }, revertAfterMs: 500 },
  }),
  links,
  checks: () => [
    { checker: 'limit', limit: 1, window: 'sliding', windowMs: dayMs },
    { checker: 'refusals' },
    { checker: 'liveness' },
  ],
  prepare: async (run) => prepareRun(run),
};

async function prepareRun({ plan, stack, nonce, client }: PlanRun): Promise<PreparedRun> {
  const keys = [...new Set(operationsOf(plan).map(({ args }) => String(args.key)))];
  const prompts = new Map<string, string>();
  await Promise.all(
    keys.map(async (key) => {
      const messages = [{ role: 'user', content: `Which of you answers ${key}-${nonce}?` }];
      const path = '/v1/chat/completions/arena';
      const answer = await demand(client, { path, body: { model: 'baseline-cli-agent', messages } });
      prompts.set(key, answer.json<{ prompt_id: string }>().prompt_id);
    }),
  );
  await delay(readingMs(stack.setting) + 50);
  return {
    meaning: () => ({ does: 'request' }),
    perform: async ({ id, key }, own) =>
      completionOf(
        await own.request({
          path: '/api/arena/vote',
          body: { prompt_id: prompts.get(key), winner: 'A', user_id: id },
        }),
        undefined,
        { conflictIsRefusal: true },
      ),
  };
}
