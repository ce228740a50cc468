import cluster from 'node:cluster';
import express from 'express';
import { rateLimit } from 'express-rate-limit';

/**
 * express-rate-limit as it comes, with its default store, under node:cluster: five requests of a user in ten seconds, and as many
 * again from every other worker.
 */
if (cluster.isPrimary) {
  for (let worker = 0; worker < Number(process.env.WORKERS ?? 2); worker += 1) cluster.fork();
  cluster.on('exit', () => cluster.fork());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
} else {
  process.on('disconnect', () => process.exit(0));
  const app = express();
  app.get('/health', (_, response) => void response.json({ status: 'ok' }));
  app.use(rateLimit({ windowMs: 10_000, limit: 5, keyGenerator: ({ path }) => path }));
  app.get('/users/:user', ({ params }, response) => void response.json({ user: params.user }));
  app.listen(Number(process.env.PORT ?? 8003), process.env.HOST ?? '127.0.0.1');
}
