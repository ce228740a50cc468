import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import {
  type Client,
  type Completion,
  completionOf,
  type Workload,
} from '../../harness/workloads/workload.ts';

const timerMs = 50;
const waitMs = 2_000;

/** Work given to a service: repeated under one key, by a timer, or as a task that must end whoever dies. */
export default {
  name: 'tasks',
  service: 'memory',
  summary: 'work submitted again under its key, set by timers, and started as tasks',
  shape: ({ workers }) => ({
    name: 'tasks',
    service: 'memory',
    clients: 3,
    workers: { memory: workers.memory ?? 1 },
    operations: [
      { name: 'submit', weight: 3, keys: ['work'], args: fc.record({ turn: fc.constantFrom('a', 'b') }) },
      { name: 'set-timer', weight: 2, keys: ['timed'] },
      { name: 'list', keys: ['work', 'timed'] },
      { name: 'start', weight: 2, keys: ['task1', 'task2'] },
      { name: 'status', keys: ['task1', 'task2'] },
    ],
    faults: { worker: { services: ['memory'], actions: ['kill', 'stop'] }, revertAfterMs: 500 },
  }),
  checks: () => [
    { checker: 'duplicate-effect' },
    { checker: 'task-ends' },
    { checker: 'lost-update' },
    { checker: 'stale-read' },
    { checker: 'convergence' },
  ],
  faultsEvery: 2,
  lastReads: { work: 'list', timed: 'list', task1: 'status', task2: 'status' },
  prepare: async ({ nonce }) => {
    const turnOf = (turn: unknown) => `${String(turn)}-${nonce}`;
    return {
      meaning: ({ id, name, step }) => {
        if (name === 'submit') {
          const turn = turnOf(step.args.turn);
          return { does: 'add', value: turn, idempotencyKey: turn };
        }
        if (name === 'set-timer') return { does: 'add', value: id };
        return { does: name === 'list' ? 'list' : name === 'start' ? 'start' : 'status' };
      },
      perform: async ({ id, name, key, step }, client) => {
        const list = `${key}-${nonce}`;
        switch (name) {
          case 'submit': {
            const value = turnOf(step.args.turn);
            const headers = { 'idempotency-key': value };
            return completionOf(await client.request({ path: `/results/${list}`, body: { value }, headers }));
          }
          case 'set-timer': {
            const body = { name: id, inMs: timerMs };
            const answer = await client.request({ path: `/timers/${list}`, body });
            if (answer.status !== 202) return completionOf(answer);
            const isThere = (seen: Seen) => seen.results?.includes(id) === true;
            const seen = await untilSeen(client, `/results/${list}`, isThere);
            // One that was taken by a worker that died may never come.
            return Array.isArray(seen.value) && seen.value.includes(id) ? seen : { ...seen, type: 'unknown' };
          }
          case 'start':
            return completionOf(await client.request({ path: `/tasks/${list}`, method: 'POST' }));
          case 'status':
            return untilSeen(client, `/tasks/${list}`, (seen) => seen.state !== 'running');
          default:
            return untilSeen(client, `/results/${list}`, () => true);
        }
      },
    };
  },
} satisfies Workload;

interface Seen {
  readonly results?: readonly string[];
  readonly state?: string | null;
}

/** Asks until it holds, at most `waitMs`; the last answer counts. */
async function untilSeen(client: Client, path: string, holds: (seen: Seen) => boolean): Promise<Completion> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const answer = await client.request({ path });
    const seen = answer.status === 200 ? answer.json<Seen>() : {};
    if (answer.status !== 200 || holds(seen) || performance.now() > deadline)
      return completionOf(answer, () => (seen.results ? [...seen.results] : (seen.state ?? null)));
    await delay(25);
  }
}
