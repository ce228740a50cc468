import Fastify, { type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import { discordRoutes } from './bots/discord.ts';
import { telegramRoutes } from './bots/telegram.ts';
import { modelApiRoutes } from './model-apis/model-api-routes.ts';
import { modelServerRoutes } from './model-apis/model-servers.ts';
import { nativeApiRoutes } from './model-apis/native-apis.ts';

export interface DoublesOptions {
  /** Of the scripted provider, which says what the models of the doubles say. */
  readonly providerUrl: string;
  readonly log: Logger;
}

const bodyLimitBytes = 50 * 1024 * 1024;

/** The doubles on a server that does not listen yet. */
export function createServer({ providerUrl, log }: DoublesOptions): FastifyInstance {
  const server = Fastify({
    loggerInstance: log,
    // Keys may stand in the query of a request.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: 'idle',
  }) as unknown as FastifyInstance;
  server.get('/health', async () => ({ status: 'ok' }));
  modelApiRoutes(server, providerUrl);
  modelServerRoutes(server);
  nativeApiRoutes(server);
  telegramRoutes(server);
  discordRoutes(server);
  return server;
}
