import cluster from 'node:cluster';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { connect, type Sql, waitForDatabase } from '../database.ts';
import { type Environment, EnvironmentError } from '../environment.ts';
import { createLog } from '../log.ts';
import type { ServiceOptions } from '../service.ts';
import { type ToPrimary, type ToWorker, workerIndexVariable } from './cluster-message.ts';
import { readClusterSettings } from './cluster-settings.ts';

/** One worker's life: initialise, report, listen when told, drain when told. */
export function runWorker({ name, createServer }: ServiceOptions, env: Environment): void {
  const workerIndex = env.integer(workerIndexVariable, 1, { min: 1, max: 64 });
  const { workers: expected, drainMs, address } = readClusterSettings(env);
  const log = createLog(name, env, workerIndex);
  const schema = name.replaceAll('-', '_');
  const drainingController = new AbortController();
  const shutdowns: (() => Promise<void> | void)[] = [];
  let listening = 0;
  let app: FastifyInstance | undefined;
  const pools: Sql[] = [];

  const report = (message: ToPrimary) => {
    if (process.connected) process.send?.(message);
  };

  const die = (error: unknown): void => {
    const known = error instanceof EnvironmentError || isListenError(error);
    if (!known) {
      log.fatal({ err: error }, 'worker failed');
      process.exit(1);
    }
    const message = isListenError(error)
      ? `cannot listen on ${address.host}:${address.port} (${error.code}).`
      : error.message;
    process.send?.({ type: 'fatal', message } satisfies ToPrimary, () => process.exit(1));
  };

  const start = async () => {
    const url = env.requiredUrl('DATABASE_URL', ['postgres', 'postgresql']);
    const poolMax = env.integer('DATABASE_POOL_MAX', 5, { min: 1, max: 100 });
    const applicationName = `${name} w${workerIndex}`;
    const sql = connect(url, schema, { poolMax, applicationName });
    const leaseSql = connect(url, schema, { poolMax: 1, applicationName });
    pools.push(sql, leaseSql);
    await waitForDatabase(sql);
    app = await createServer({
      name,
      workerIndex,
      env,
      log,
      sql,
      leaseSql,
      schema,
      onShutdown: (fn) => void shutdowns.push(fn),
      draining: drainingController.signal,
    });
    app.get('/ready', { schema: { hide: true } as object }, (_request, reply) => {
      const ready = listening === expected && !drainingController.signal.aborted;
      return reply.code(ready ? 200 : 503).send({ ready, workers: listening, expected });
    });
    await app.ready();
    report({ type: 'initialised' });
  };

  const listen = async () => {
    await app?.listen(address);
    report({ type: 'listening', address: `${address.host}:${address.port}` });
  };

  const drain = async () => {
    if (drainingController.signal.aborted) return;
    drainingController.abort(new DOMException('The worker is shutting down.', 'AbortError'));
    const deadline = new AbortController();
    const inTime = await Promise.race([
      endGracefully(app, shutdowns, pools, log).then(() => true),
      delay(drainMs, false, { signal: deadline.signal }),
    ]);
    if (!inTime) log.warn({ drainMs }, 'requests were cut at the end of the drain');
    process.exit(0);
  };

  process.on('message', (message: ToWorker) => {
    if (message.type === 'listen') listen().catch(die);
    else if (message.type === 'cohort') listening = message.listening;
    else if (message.type === 'drain') void drain();
  });
  // The channel closes when the primary is gone, however it went: a worker never outlives it.
  cluster.worker?.on('disconnect', () => process.exit(1));
  let signals = 0;
  const onSignal = () => {
    signals += 1;
    if (signals > 1) process.exit(1);
    void drain();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught exception');
    process.exit(1);
  });
  start().catch(die);
}

async function endGracefully(
  app: FastifyInstance | undefined,
  shutdowns: readonly (() => Promise<void> | void)[],
  pools: readonly Sql[],
  log: Logger,
): Promise<void> {
  // Connections that fall idle after the close began would otherwise stay open for their keep-alive time.
  const sweep = setInterval(() => app?.server.closeIdleConnections(), 50);
  try {
    await app?.close();
  } catch (error) {
    log.error({ err: error }, 'close failed');
  } finally {
    clearInterval(sweep);
  }
  const results = await Promise.allSettled(shutdowns.map((shutdown) => shutdown()));
  for (const result of results) {
    if (result.status === 'rejected') log.error({ err: result.reason }, 'shutdown step failed');
  }
  await Promise.all(pools.map((pool) => pool.end({ timeout: 1 })));
}

function isListenError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && (error as NodeJS.ErrnoException).syscall === 'bind'
    ? true
    : error instanceof Error &&
        ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'].includes(String((error as NodeJS.ErrnoException).code));
}
