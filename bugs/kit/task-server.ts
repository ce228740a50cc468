import { setTimeout as delay } from 'node:timers/promises';
import fastify from 'fastify';
import type { Ask } from './cluster.ts';

const workMs = 400;
const tickMs = 20;

/** What a worker does; where a bug sits, its own version of one of these has it. */
export interface TaskConduct {
  /** Whether a request with this idempotency key may have its effect. */
  isNew(key: string): Promise<boolean>;
  /** Every tick: what is due, and what was left by workers that are gone. */
  runDue(): Promise<void>;
  endLost(): Promise<void>;
}

/** The conduct without a bug. */
export const taskConduct = (ask: Ask): TaskConduct => ({
  isNew: (key) => ask('claimKey', key),
  runDue: async () => {
    for (const { name, list } of await ask<readonly { name: string; list: string }[]>('takeDue'))
      await ask('append', list, name);
  },
  endLost: () => ask('endLost'),
});

/** A service that takes work: at once under an idempotency key, later by a timer, or as a task with a state. */
export async function serveTasks(ask: Ask, conduct: TaskConduct): Promise<void> {
  const app = fastify();
  app.get('/health', async () => ({ status: 'ok' }));
  app.get('/results/:list', async ({ params }) => ({ results: await ask('results', nameIn(params)) }));
  app.post('/results/:list', async ({ params, body, headers }, reply) => {
    const { value } = body as { value: string };
    if (await conduct.isNew(String(headers['idempotency-key']))) await ask('append', nameIn(params), value);
    return reply.code(201).send({ value });
  });
  app.post('/timers/:list', async ({ params, body }, reply) => {
    const { name, inMs } = body as { name: string; inMs: number };
    await ask('setTimer', name, nameIn(params), inMs);
    return reply.code(202).send({ name });
  });
  app.post('/tasks/:list', async ({ params }, reply) => {
    const task = nameIn(params);
    await ask('setState', task, 'running');
    delay(workMs).then(() => ask('setState', task, 'done'));
    return reply.code(202).send({ task });
  });
  app.get('/tasks/:list', async ({ params }) => ({ state: (await ask('state', nameIn(params))) ?? null }));
  await app.listen({ port: Number(process.env.PORT ?? 8003), host: process.env.HOST ?? '127.0.0.1' });
  for (;;) {
    await delay(tickMs);
    await conduct.runDue();
    await conduct.endLost();
  }
}

const nameIn = (params: unknown) => (params as { list: string }).list;
