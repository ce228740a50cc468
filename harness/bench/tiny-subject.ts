import cluster from 'node:cluster';
import { createServer } from 'node:http';

/** Counters in WORKERS processes on PORT whose counts are the primary's: a correct subject that answers in a millisecond. */
if (cluster.isPrimary) {
  const counts = new Map<string, number>();
  cluster.on('message', (worker, { id, name, by }: { id: number; name: string; by: number }) => {
    const count = (counts.get(name) ?? 0) + by;
    counts.set(name, count);
    worker.send({ id, count });
  });
  cluster.on('exit', () => cluster.fork());
  for (let worker = 0; worker < Number(process.env.WORKERS ?? 2); worker += 1) cluster.fork();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
} else {
  const waiting = new Map<number, (count: number) => void>();
  let last = 0;
  process.on('message', ({ id, count }: { id: number; count: number }) => {
    waiting.get(id)?.(count);
    waiting.delete(id);
  });
  process.on('disconnect', () => process.exit(0));
  createServer((request, response) => {
    const id = ++last;
    waiting.set(id, (count) => response.end(JSON.stringify({ count })));
    process.send?.({ id, name: request.url, by: request.method === 'POST' ? 1 : 0 });
  }).listen(Number(process.env.PORT), process.env.HOST ?? '127.0.0.1');
}
