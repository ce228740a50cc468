import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { gauntletError } from '../errors.ts';
import type { CheckChoice } from '../history/events.ts';
import {
  type Client,
  type Completion,
  completionOf,
  type PlanRun,
  type PreparedRun,
  type Workload,
  type WorkloadStack,
} from './workload.ts';

const windowMs = 60_000;
const laterMs = 1_000;
/** That requests of one operation go over at once. */
const connections = 4;
const users = ['user1', 'user2'] as const;
const windowVariable = 'MEMORY_RATE_LIMIT_WINDOW';
const windowKinds = ['any', 'sliding', 'fixed'];

/**
 * The limit of requests per user and minute, which counts over all workers. An operation asks many times at once. What kind of
 * window a service has is not known unless MEMORY_RATE_LIMIT_WINDOW says so: of two users who both get too much, one minute's end
 * can excuse one only.
 */
export const memoryLimit: Workload = {
  name: 'memory-limit',
  service: 'memory',
  summary: 'more requests of one user than the memory service admits',
  shape: (stack) => ({
    name: 'memory-limit',
    service: 'memory',
    clients: 3,
    workers: { memory: stack.workers.memory ?? 1 },
    operations: [{ name: 'ask', keys: users, args: timesUpTo(limitOf(stack)) }],
    maxPhases: 6,
  }),
  checks: (stack) => [checkOf(stack)],
  prepare: async (run) => prepareRun(run),
};

const limitOf = (stack: WorkloadStack): number => Number(stack.setting('MEMORY_RATE_LIMIT_PER_MINUTE') || 60);

/**
 * Most operations use up all that there is for one user, or twice as much on connections to whichever worker takes them. Some
 * begin later: a limit that forgets too early lets them in.
 */
const timesUpTo = (limit: number) =>
  fc.record({
    times: fc.constantFrom(1, Math.max(1, limit), 2 * Math.max(1, limit)),
    afterMs: fc.constantFrom(0, 0, 0, 0, laterMs),
  });

function checkOf(stack: WorkloadStack): CheckChoice {
  const window = stack.setting(windowVariable) || 'any';
  if (!windowKinds.includes(window))
    throw gauntletError(
      'GNT_USAGE',
      `${windowVariable} is one of ${windowKinds.join(', ')}, not "${window}".`,
    );
  return {
    checker: 'limit',
    window,
    limit: limitOf(stack),
    windowMs,
    begins: 'either',
    refusesOnlyAbove: true,
  };
}

async function prepareRun({ uuid }: PlanRun): Promise<PreparedRun> {
  const timesIn = (args: { readonly times?: unknown }) => (typeof args.times === 'number' ? args.times : 1);
  return {
    meaning: ({ step }) => ({ does: 'request', value: timesIn(step.args) }),
    perform: async ({ key, step }, own) => {
      if (typeof step.args.afterMs === 'number') await delay(step.args.afterMs);
      return askTimes(own, `/memories/list?user_id=${uuid(key)}&limit=1`, timesIn(step.args));
    },
  };
}

/** So many requests, a few at the same time on as many connections; the value tells how many were admitted. */
async function askTimes(client: Client, path: string, times: number): Promise<Completion> {
  let left = times;
  let admitted = 0;
  let odd: Completion | undefined;
  const lane = async () => {
    while (left > 0 && !odd) {
      left -= 1;
      const answer = await client.request({ path });
      if (answer.status >= 200 && answer.status < 300) admitted += 1;
      else if (answer.status !== 429) odd = completionOf(answer);
    }
  };
  await Promise.all(Array.from({ length: Math.min(times, connections) }, lane));
  return odd ? { ...odd, type: 'unknown' } : { type: 'ok', value: admitted };
}
