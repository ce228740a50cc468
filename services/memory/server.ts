import type { FastifyInstance } from 'fastify';
import { migrate } from '../kit/database.ts';
import { addHealth } from '../kit/health.ts';
import { addApiDocs } from '../kit/openapi.ts';
import { buildServer } from '../kit/server.ts';
import type { WorkerContext } from '../kit/service.ts';
import { addDetailErrors } from './detail-error.ts';
import { forgetLostLeases } from './extraction-lease.ts';
import { forgetOldMarks } from './memory-store.ts';
import { migrations } from './migrations.ts';
import { forgetOldWindows } from './rate-limit.ts';
import { addMemoryRoutes } from './routes.ts';
import { readSettings } from './settings.ts';

const sweepEveryMs = 60_000;

/** The memory service of one worker: all its state is in PostgreSQL. */
export async function createMemoryServer(context: WorkerContext): Promise<FastifyInstance> {
  const { env, sql, log, schema } = context;
  const settings = readSettings(env);
  await migrate(sql, schema, migrations);

  // Prompts come in the query of GET /memories/relevant and may be long.
  const app = buildServer(context, { maxHeaderBytes: 1024 * 1024 });
  addDetailErrors(app);
  await addApiDocs(app, {
    title: 'Memory service',
    description: 'Remembers facts about users and finds the ones that help to answer a prompt.',
    version: '0.1.0',
  });
  addHealth(app, () => ({ status: 'ok', service: 'janus-memory' }));
  addMemoryRoutes(app, context, settings);

  const sweep = setInterval(() => {
    Promise.all([forgetOldWindows(sql), forgetLostLeases(sql), forgetOldMarks(sql)]).catch((error: unknown) =>
      log.warn({ err: error }, 'sweep failed'),
    );
  }, sweepEveryMs);
  context.onShutdown(() => clearInterval(sweep));
  return app;
}
