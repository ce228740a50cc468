import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { migrate } from '../kit/database.ts';
import { addHealth } from '../kit/health.ts';
import { buildServer } from '../kit/server.ts';
import type { WorkerContext } from '../kit/service.ts';
import { listenForNews } from '../kit/wake-ups.ts';
import { discord } from './discord.ts';
import { leavePollers, newsChannel } from './inbox.ts';
import { answerLoop, pollLoop } from './loops.ts';
import { migrations } from './migrations.ts';
import { readSettings } from './settings.ts';
import { telegram } from './telegram.ts';

/** Messages that a worker answers at the same time: of one conversation never more than one. */
const places = 8;

/** The bridge between bots and the gateway, of one worker: all its state is in PostgreSQL. */
export async function createBridge(context: WorkerContext): Promise<FastifyInstance> {
  const { env, sql, leaseSql, log, schema, draining } = context;
  const settings = readSettings(env);
  await migrate(sql, schema, migrations);
  const platforms = [
    ...(settings.telegram ? [telegram(settings.telegram)] : []),
    ...(settings.discord ? [discord(settings.discord, settings.pollMs)] : []),
  ];
  const holder = randomUUID();
  const answering = { sql, leaseSql, news: await listenForNews(sql, newsChannel), settings, holder };

  const app = buildServer(context);
  addHealth(app, () => ({ status: 'ok', platforms: platforms.map(({ name }) => name) }));
  const loops = [
    ...platforms.map((platform) => pollLoop(answering, platform, log, draining)),
    ...Array.from({ length: places }, () => answerLoop(answering, platforms, log, draining)),
  ];
  context.onShutdown(async () => {
    // Another worker polls on at once; what is being answered is left to the end of its lease when it takes too long.
    await leavePollers(sql, holder);
    await Promise.all(loops);
  });
  return app;
}
