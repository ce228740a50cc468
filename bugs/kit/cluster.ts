import cluster from 'node:cluster';

/** Functions on the state that all workers share. Each call is atomic: the primary runs one at a time. */
export type SharedCalls = Readonly<Record<string, (...args: never[]) => unknown>>;
export type Ask = <T>(call: string, ...args: unknown[]) => Promise<T>;

interface Question {
  readonly id: number;
  readonly call: string;
  readonly args: readonly unknown[];
}

interface Reply {
  readonly id: number;
  readonly result: unknown;
}

/**
 * WORKERS processes that serve, and a primary that keeps the shared state for them, as a database would. A worker
 * that dies is replaced.
 */
export function runCluster(shared: SharedCalls, serve: (ask: Ask) => Promise<void>): void {
  if (cluster.isWorker) {
    serve(askPrimary());
    return;
  }
  cluster.on('message', (worker, message: Question) => {
    const call = shared[message.call] as ((...args: readonly unknown[]) => unknown) | undefined;
    worker.send({ id: message.id, result: call?.(...message.args) } satisfies Reply);
  });
  cluster.on('exit', () => cluster.fork());
  for (let worker = 0; worker < Number(process.env.WORKERS ?? 2); worker += 1) cluster.fork();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
}

function askPrimary(): Ask {
  const waiting = new Map<number, (result: unknown) => void>();
  let last = 0;
  process.on('message', ({ id, result }: Reply) => {
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  process.on('disconnect', () => process.exit(0));
  return <T>(call: string, ...args: unknown[]) => {
    last += 1;
    const id = last;
    process.send?.({ id, call, args } satisfies Question);
    return new Promise<T>((resolve) => waiting.set(id, resolve as (result: unknown) => void));
  };
}
